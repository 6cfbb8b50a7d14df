/** `demand local serve`: the local API in the foreground, until it is told to stop. */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { LOCAL_CREDENTIALS, startLocalApi } from '../../local/api/local-api';
import { seedBuckets } from '../../local/api/seed';
import { RUNNERS } from '../../local/batch/runners';
import { instructions } from './instructions';
import type { LocalOptions } from './options';
import { forgetRunning, type RunningApi, writeRunning } from './state';

export async function serveCommand(options: LocalOptions): Promise<number> {
  const root = resolve(options.root);
  await mkdir(root, { recursive: true });
  const Runner = RUNNERS[options.runner];
  const api = await startLocalApi({
    project: resolve(options.project),
    root,
    stage: options.stage,
    runner: new Runner(process.env, async () => undefined),
    hasContainers: options.runner === 'docker',
    port: options.port,
    log: (source, line) => process.stdout.write(`${source}: ${line}\n`),
  });
  try {
    const { endpoint, region } = api;
    const settings = { endpoint, region, credentials: LOCAL_CREDENTIALS };
    const client = new S3Client({ ...settings, forcePathStyle: true });
    await seedBuckets({ folder: options.seed, buckets: options.bucket }, client);
    const running: RunningApi = {
      pid: process.pid,
      endpoint,
      region,
      stateMachineArn: api.resources.get('DemandExecutionStateMachine') ?? '',
    };
    await writeRunning(root, running);
    process.stdout.write(instructions(running));
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  } finally {
    await forgetRunning(root);
    await api.stop();
  }
  return 0;
}
