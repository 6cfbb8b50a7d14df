import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { fileKept } from '../../src/adapters/files/file-kept';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { whileMountsAnswer } from '../../src/adapters/files/mount-watch';
import { mountedStores } from '../../src/adapters/stores';
import { systemClock } from '../../src/adapters/system-clock';
import { removeDataPaths } from '../../src/steps/remove-data-paths';
import { logged } from '../logging';
import { s3Documents } from '../s3-documents';
import { lazyMounts, routing, rules, signal } from '../settings';
import { volumesIn } from '../volumes';

const findMounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));
const trees = new FileTrees();
const { readJson } = s3Documents;

export const handler = logged(async (event: unknown) => {
  const mounts = await findMounts();
  const use = { leases: fileLeases({ mounts }), readers: fileReaders(mounts) };
  const run = async () => {
    const settings = { mounts: await volumesIn(mounts), routing, rules };
    const keeping = {
      stores: mountedStores(settings.mounts),
      kept: fileKept(mounts),
      clock: systemClock,
    };
    return removeDataPaths(event, { trees, signal, use, readJson, keeping, settings });
  };
  return whileMountsAnswer(mounts, run, { clock: systemClock });
});
