/** moto with our gateway, on this machine: started for the run, and gone after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { LOCAL_CREDENTIALS, startLocalApi } from '../../../local/api/local-api';
import { ProcessRunner } from '../../../local/batch/process-runner';
import type { Tier } from '../tier';
import { openStackTier } from './stack';

const STAGE = 'local';
const BUCKET = 'scenarios-data';

/** @param deploymentConfig of another stack than that of the stage */
export async function openMotoTier(deploymentConfig?: string): Promise<Tier> {
  const root = mkdtempSync(join(tmpdir(), 'tier-'));
  const api = await startLocalApi({
    project: join(__dirname, '../../..'),
    root,
    stage: STAGE,
    ...(deploymentConfig !== undefined && { deploymentConfig }),
    runner: new ProcessRunner(process.env, async () => undefined),
    hasContainers: false,
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
      ...{ name: 'moto, with our gateway', settings, stage: STAGE, bucket: BUCKET, pollMs: 100 },
      fileSystems: join(root, 'efs'),
    });
    // Its data go with it.
    return { ...tier, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
