/** The service behind the gateway on this machine. The run starts it and removes it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { ServiceFaults } from '../../../local/api/deployed-service';
import { type LocalApiOptions, startLocalApi } from '../../../local/api/local-api';
import { ProcessRunner } from '../../../local/batch/process-runner';
import { withoutEmpty } from '../../../src/wire/json';
import { packageFolder, STAGES, type Stage } from '../../deployment/packaged';
import { Hosts } from './hosts';
import type { Tier } from './model';
import { openStackTier } from './stack';

export const PROJECT = join(__dirname, '../../..');
const STAGE = STAGES.created.stage;
const BUCKET = 'scenarios-data';

export interface LocalTierOptions {
  /** Name of the tier in the output of the tests. */
  readonly name: string;
  /** The package to deploy. */
  readonly stage: Stage;
  /** @param root folder of the run, which is removed at the end */
  startServer?(root: string): LocalApiOptions['startServer'];
  readonly faults?: ServiceFaults;
}

export async function openLocalTier({ name, stage, startServer, faults }: LocalTierOptions): Promise<Tier> {
  const root = mkdtempSync(join(tmpdir(), 'tier-'));
  const server = startServer?.(root);
  const hosts = new Hosts();
  const api = await startLocalApi({
    project: PROJECT,
    root,
    stage: STAGE,
    packaged: await packageFolder(stage),
    runner: hosts.around(new ProcessRunner(process.env, async () => undefined)),
    hasContainers: false,
    faults: faults ?? hosts,
    ...withoutEmpty({ startServer: server }),
    log: () => undefined,
  });
  const stop = async () => {
    await api.stop();
    rmSync(root, { recursive: true, force: true });
  };
  try {
    const { endpoint, region, credentials } = api;
    const settings = { endpoint, region, credentials };
    const client = new S3Client({ ...settings, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const tier = await openStackTier({
      ...{ name, settings, stage: STAGE, bucket: BUCKET, pollMs: 100 },
      fileSystems: join(root, 'efs'),
    });
    // Its data are removed with its folder.
    return { ...tier, hosts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
