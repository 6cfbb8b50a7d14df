import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { fileKept } from '../../src/adapters/files/file-kept';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { mountedStores } from '../../src/adapters/stores';
import { systemClock } from '../../src/adapters/system-clock';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { logged } from '../logging';
import { onMounts } from '../mounted';
import { s3Documents } from '../s3-documents';
import { routing, rules } from '../settings';
import { volumesIn } from '../volumes';

const run = onMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));
const trees = new FileTrees();
const { readJson } = s3Documents;

export const handler = logged((event: unknown) =>
  run(async (mounts, signal) => {
    const use = { leases: fileLeases({ mounts }), readers: fileReaders(mounts) };
    const settings = { mounts: await volumesIn(mounts), routing, rules };
    const keeping = {
      stores: mountedStores(settings.mounts),
      kept: fileKept(mounts),
      clock: systemClock,
    };
    return removeDataPaths(event, { trees, signal, use, readJson, keeping, settings });
  }),
);
