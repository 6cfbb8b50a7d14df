/** Runs whole demands on the machines' own files, with real child processes and folders. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../local/execution/events';
import { type DemandRunOptions, runDemand } from '../../local/execution/run';
import { LocalRoot } from '../../local/world/root';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demand e2e-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function options(more: Partial<DemandRunOptions> = {}): DemandRunOptions {
  return {
    root: new LocalRoot(join(folder, 'root')),
    runner: 'process',
    inlineLimits: { maxBytes: 2 ** 30, maxFiles: 1000 },
    signal: new AbortController().signal,
    listener: () => undefined,
    hostEnvironment: process.env,
    now: Date.now,
    ...more,
  };
}

function demand(command: string[], more: Record<string, unknown> = {}) {
  return {
    execution_type: 'test',
    execution_id: 'one',
    execution_image: 'public.ecr.aws/docker/library/debian:12-slim',
    execution_parameters: {
      command,
      params: { data: 's3://bucket/data/ @ data', out: 'out @ s3://bucket/results/' },
      inputs: ['data'],
      outputs: ['out'],
    },
    execution_platform: { aws_batch: { job_queue_name: 'any' } },
    resource_requirements: { memory: 512, vcpus: 1 },
    ...more,
  };
}

function fillBucket(): void {
  mkdirSync(join(folder, 'root/s3/bucket/data/sub'), { recursive: true });
  writeFileSync(join(folder, 'root/s3/bucket/data/a.txt'), 'A\n');
  writeFileSync(join(folder, 'root/s3/bucket/data/sub/b.txt'), 'B\n');
}

function treeOf(path: string): Record<string, string> {
  const files = readdirSync(path, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(path.length), readFileSync(file, 'utf8')];
    }),
  );
}

test.each(['penguins', 'flight-delays'])(
  'the results of the example %s equal the expected files',
  async (name) => {
    const example = join(__dirname, '../../examples', name);
    const document = JSON.parse(readFileSync(join(example, 'demand.json'), 'utf8'));
    const result = await runDemand(document, options({ seed: join(example, 's3') }));
    expect(result.failure).toBeUndefined();
    const stored = join(folder, 'root/s3/demand-examples-results');
    expect(treeOf(stored)).toEqual(treeOf(join(example, 'expected/demand-examples-results')));
    expect(result.counts.stateTransitions).toBeLessThanOrEqual(34);
    expect(result.counts).toMatchObject({ nestedExecutions: 0, batchJobs: 1 });
  },
);

test('a failed job is cleaned up, and the failure has its cause', async () => {
  fillBucket();
  const before = treeOf(join(folder, 'root/s3'));
  mkdirSync(join(folder, 'root/efs/shared'), { recursive: true });
  writeFileSync(join(folder, 'root/efs/shared/kept'), 'by others');
  const result = await runDemand(demand(['echo', 'going;', 'exit', '3']), options());
  expect(result).toMatchObject({ status: 'FAILED', failure: { error: 'States.TaskFailed', exitCode: 3 } });
  expect(result.failure?.lastLines).toEqual(['going']);
  expect(result.workingDirectory).toBeUndefined();
  expect(existsSync(join(folder, 'root/efs/scratch/one'))).toBe(false);
  expect(treeOf(join(folder, 'root/efs/shared'))).toEqual({ '/kept': 'by others' });
  expect(treeOf(join(folder, 'root/s3'))).toEqual(before);
});

test('an output that the job did not write is named', async () => {
  fillBucket();
  const result = await runDemand(demand(['true']), options());
  expect(result.failure).toMatchObject({ error: 'DataSourceMissing' });
  expect(result.failure?.message).toContain('did not write its output "out"');
});

test('a transfer that is too large for one call goes through the data-sync machine', async () => {
  fillBucket();
  const limits = { maxBytes: 2 ** 30, maxFiles: 1 };
  const result = await runDemand(
    demand(['cp', '-r', '${DATA}', '${OUT}']),
    options({ inlineLimits: limits }),
  );
  expect(result.failure).toBeUndefined();
  expect(result.counts.nestedExecutions).toBe(2);
  expect(treeOf(join(folder, 'root/s3/bucket/results'))).toEqual({ '/a.txt': 'A\n', '/sub/b.txt': 'B\n' });
});

test('two concurrent runs of one demand run it once', async () => {
  fillBucket();
  const twice = demand(['sleep', '0.3;', 'cp', '-r', '${DATA}', '${OUT}']);
  const events: RunEvent[] = [];
  const listener = (event: RunEvent) => void events.push(event);
  const results = await Promise.all([
    runDemand(twice, options({ listener })),
    runDemand(twice, options({ listener })),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(events.filter(({ type }) => type === 'job-started')).toHaveLength(1);
});

test('file:// remotes work both ways, and a folder of the user is never mirrored', async () => {
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine/letter'), 'keep');
  writeFileSync(join(folder, 'in'), 'data');
  const command = ['mkdir', 'out', '&&', 'cp', '${IN}', 'out/copy'];
  const input = { local: 'in', remote: `file://${folder}/in` };
  const output = { local: 'out', remote: `file://${folder}/mine/` };
  const parameters = { command, params: { in: input, out: output }, inputs: ['in'], outputs: ['out'] };
  const result = await runDemand(demand(command, { execution_parameters: parameters }), options());
  expect(result.failure).toBeUndefined();
  expect(readdirSync(join(folder, 'mine')).sort()).toEqual(['copy', 'letter']);
});

test('a cancelled demand stops its job and cleans up', async () => {
  fillBucket();
  const cancel = new AbortController();
  const listener = ({ type }: RunEvent) => {
    if (type === 'job-started') setTimeout(() => cancel.abort(new Error('stop')), 200);
    return undefined;
  };
  const result = await runDemand(demand(['sleep', '60']), options({ signal: cancel.signal, listener }));
  expect(result.status).toBe('FAILED');
  expect(existsSync(join(folder, 'root/efs/scratch/one'))).toBe(false);
});

test('one error names all mistakes, and nothing is created', async () => {
  const bad = demand([], {
    execution_id: '../x',
    execution_parameters: {
      command: [],
      params: { 'a-b': 1, 'a.b': 2, x: '${Y}', y: '${X}', data: 's3://bucket/none/ @ ../up' },
      inputs: ['data', 'nobody'],
    },
  });
  const problems = await runDemand(bad, options()).then(
    () => [],
    (error) => error.problems as { pointer: string; message: string }[],
  );
  const told = problems.map(({ message }) => message).join('\n');
  for (const part of ['command', 'leave the working directory', 'A_B', 'circle', '"nobody"', '".."'])
    expect(told).toContain(part);
  expect(existsSync(join(folder, 'root'))).toBe(false);
});
