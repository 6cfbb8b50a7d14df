import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDemand } from '../../local/execution/run';
import { LocalRoot } from '../../local/world/root';

test('file:// remotes work both ways, and a folder of the user is never mirrored', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'file-remote-'));
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine/letter'), 'keep');
  writeFileSync(join(folder, 'in'), 'data');
  const document = {
    execution_type: 'test',
    execution_id: 'one',
    execution_image: 'public.ecr.aws/docker/library/debian:12-slim',
    execution_parameters: {
      command: ['mkdir', 'out', '&&', 'cp', '${IN}', 'out/copy'],
      params: { in: `file://${folder}/in @ in`, out: `out @ file://${folder}/mine/` },
      inputs: ['in'],
      outputs: ['out'],
    },
    execution_platform: { aws_batch: { job_queue_name: 'any' } },
    resource_requirements: { memory: 512, vcpus: 1 },
  };
  const result = await runDemand(document, {
    root: new LocalRoot(join(folder, 'root')),
    runner: 'process',
    inlineLimits: { maxBytes: 2 ** 30, maxFiles: 1000 },
    signal: new AbortController().signal,
    listener: () => undefined,
    hostEnvironment: process.env,
    now: Date.now,
  });
  expect(result.failure).toBeUndefined();
  expect(readdirSync(join(folder, 'mine')).sort()).toEqual(['copy', 'letter']);
  rmSync(folder, { recursive: true });
});
