/** The service behind our gateway, on this machine: started for the run, and gone after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { LOCAL_CREDENTIALS, type LocalApiOptions, startLocalApi } from '../../../local/api/local-api';
import { ProcessRunner } from '../../../local/batch/process-runner';
import { withoutEmpty } from '../../../src/wire/json';
import { packageFolder, STAGES, type Stage } from '../../deployment/packaged';
import type { Tier } from './model';
import { openStackTier } from './stack';

export const PROJECT = join(__dirname, '../../..');
const STAGE = STAGES.created.stage;
const BUCKET = 'scenarios-data';

export interface LocalTierOptions {
  /** As the suite says where it has run. */
  readonly name: string;
  /** The package that is deployed. */
  readonly stage: Stage;
  /** @param root of everything that the run leaves, which goes with it */
  startServer?(root: string): LocalApiOptions['startServer'];
}

export async function openLocalTier({ name, stage, startServer }: LocalTierOptions): Promise<Tier> {
  const root = mkdtempSync(join(tmpdir(), 'tier-'));
  const server = startServer?.(root);
  const api = await startLocalApi({
    project: PROJECT,
    root,
    stage: STAGE,
    packaged: await packageFolder(stage),
    runner: new ProcessRunner(process.env, async () => undefined),
    hasContainers: false,
    ...withoutEmpty({ startServer: server }),
    log: () => undefined,
  });
  const stop = async () => {
    await api.stop();
    rmSync(root, { recursive: true, force: true });
  };
  try {
    const settings = { endpoint: api.endpoint, region: api.region, credentials: LOCAL_CREDENTIALS };
    const client = new S3Client({ ...settings, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const tier = await openStackTier({
      ...{ name, settings, stage: STAGE, bucket: BUCKET, pollMs: 100 },
      fileSystems: join(root, 'efs'),
    });
    // Its data go with it.
    return { ...tier, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
