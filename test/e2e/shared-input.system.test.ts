/** Inputs that several executions share (`isolate_inputs` false), through the machines' own files. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemandRunOptions, runDemand } from '../../local/execution/run';
import { LocalRoot } from '../../local/world/root';
import { sharedInputKey } from '../../src/context/paths';
import { harvest } from '../transfer/folders';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shared-input-'));
  mkdirSync(join(folder, 'root/s3/bucket/data'), { recursive: true });
  writeFileSync(join(folder, 'root/s3/bucket/data/a.txt'), 'A\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function options(inlineFiles = 1000): DemandRunOptions {
  return {
    root: new LocalRoot(join(folder, 'root')),
    runner: 'process',
    inlineLimits: { maxBytes: 2 ** 30, maxFiles: inlineFiles },
    signal: new AbortController().signal,
    listener: () => undefined,
    hostEnvironment: process.env,
    now: Date.now,
  };
}

const request = (script: string, executionId = 'one') => ({
  demand_execution: {
    execution_type: 'test',
    execution_id: executionId,
    execution_image: 'public.ecr.aws/docker/library/debian:12-slim',
    execution_parameters: {
      command: [script],
      params: { data: 's3://bucket/data/ @ data', out: `out @ s3://bucket/results/${executionId}/` },
      inputs: ['data'],
      outputs: ['out'],
    },
    execution_platform: { aws_batch: { job_queue_name: 'any' } },
    resource_requirements: { memory: 512, vcpus: 1 },
  },
  context_manager_configuration: { isolate_inputs: false },
});

const records = () => join(folder, 'root/efs/.demand.leases/readers');
const listRecords = () => `mkdir \${OUT}; ls ${records()} | wc -l > \${OUT}/count; cp \${DATA}/* \${OUT}`;

test.each([
  ['in one call', 1000],
  ['in a state machine of its own', 0],
])('a shared input that is staged %s has a record while the job runs', async (_, inlineFiles) => {
  expect(await runDemand(request(listRecords()), options(inlineFiles))).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(harvest(join(folder, 'root/s3/bucket/results/one'))).toEqual({ 'a.txt': 'A\n', count: '1\n' });
  expect(readdirSync(records())).toEqual([]);
});

test('the record is removed also when the job fails or does not write its output', async () => {
  for (const script of ['exit 3', 'true'])
    expect(await runDemand(request(script, script.replace(' ', '-')), options())).toMatchObject({
      status: 'FAILED',
    });
  expect(readdirSync(records())).toEqual([]);
});

test.each([
  ['in one call', 1000],
  ['in a state machine of its own', 0],
])('a shared input that somebody has changed is staged anew %s', async (_, inlineFiles) => {
  const key = sharedInputKey('s3://bucket/data/', {});
  const staged = join(folder, 'root/efs/shared', key);
  await runDemand(request(listRecords(), 'victim-1'), options(inlineFiles));
  writeFileSync(join(staged, 'a.txt'), 'E\n');
  writeFileSync(join(staged, 'evil.txt'), 'more');
  expect(await runDemand(request(listRecords(), 'victim-2'), options(inlineFiles))).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(harvest(join(folder, 'root/s3/bucket/results/victim-2'))).toEqual({ 'a.txt': 'A\n', count: '1\n' });
});

test('concurrent executions share an input', async () => {
  const ids = ['one', 'two', 'three'];
  const all = ids.map((id) => runDemand(request(listRecords(), id), options()));
  for (const result of await Promise.all(all)) expect(result).toMatchObject({ status: 'SUCCEEDED' });
  for (const id of ids)
    expect(harvest(join(folder, 'root/s3/bucket/results', id))).toMatchObject({ 'a.txt': 'A\n' });
  expect(readdirSync(records())).toEqual([]);
});
