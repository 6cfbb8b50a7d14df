/** Demands whose execution ids have all the bytes of a file name. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDemand } from '../../local/execution/run';
import { LocalRoot } from '../../local/world/root';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longest-id-'));
  mkdirSync(join(folder, 'root/s3/bucket'), { recursive: true });
  writeFileSync(join(folder, 'root/s3/bucket/in'), 'data');
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (execution_id: string, command: string) =>
  runDemand(
    {
      execution_type: 'test',
      execution_id,
      execution_image: 'public.ecr.aws/docker/library/debian:12-slim',
      execution_parameters: {
        command: [command],
        params: { data: 's3://bucket/in @ in', out: 'out @ s3://bucket/out' },
        inputs: ['data'],
        outputs: ['out'],
      },
      execution_platform: { aws_batch: { job_queue_name: 'any' } },
      resource_requirements: { memory: 512, vcpus: 1 },
    },
    {
      root: new LocalRoot(join(folder, 'root')),
      runner: 'process',
      inlineLimits: { maxBytes: 2 ** 30, maxFiles: 1000 },
      signal: new AbortController().signal,
      listener: () => undefined,
      hostEnvironment: process.env,
      now: Date.now,
    },
  );

test.each([
  ['of one byte each', 'x'.repeat(255)],
  ['of two bytes each', `${'é'.repeat(127)}a`],
])('an id of 255 bytes, with characters %s, runs, and runs again after a missing output', async (_, id) => {
  expect(await run(id, 'true')).toMatchObject({ status: 'FAILED' });
  expect(await run(id, 'cp ${DATA} ${OUT}')).toMatchObject({ status: 'SUCCEEDED' });
  expect(readFileSync(join(folder, 'root/s3/bucket/out'), 'utf8')).toBe('data');
  const names = readdirSync(join(folder, 'root/efs/scratch'));
  expect(names).not.toContain(id);
  expect(readdirSync(join(folder, 'root/executions'))).toHaveLength(1);
});
