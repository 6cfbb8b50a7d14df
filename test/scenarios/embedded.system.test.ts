/** Runs the demands of the scenarios on the embedded engine. EMBEDDED_ENDS has the ends that differ. */
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
import { ProcessRunner } from '../../local/batch/process-runner';
import { runDemand } from '../../local/execution/run';
import { LOCAL_RULES, LocalRoot } from '../../local/world/root';
import { VOLUME_ROLES } from '../../src/efs/model';
import { DemandCancelled } from '../../src/errors';
import type { DemandRules } from '../../src/rules/model';
import { runOnEngine } from '../local/execution/on-engine';
import * as scenarios from './scenarios';
import { COPY, EMBEDDED_ENDS } from './scenarios';

const EMBEDDED = { jobQueueName: 'any', data: { bucket: 'scenarios', prefix: '' } };
const demand = (id: string, command: readonly string[], input?: string) =>
  scenarios.demand(EMBEDDED, id, command, input);

let root: LocalRoot;
beforeEach(async () => {
  root = new LocalRoot(mkdtempSync(join(tmpdir(), 'scenarios-')));
  await root.create();
  mkdirSync(join(root.s3, 'scenarios'));
  writeFileSync(join(root.s3, 'scenarios/in'), 'data\n');
});
afterEach(() => rmSync(root.path, { recursive: true }));

const signal = new AbortController().signal;

/** Runs the machine without the command line, which would refuse an invalid demand before the start. */
function run(
  given: { readonly execution_id: string },
  { started, ...more }: { signal: AbortSignal; started?: () => void; rules?: DemandRules },
) {
  const runner = new ProcessRunner(process.env, async () => started?.());
  return runOnEngine(root, given.execution_id, given, { runner, ...more });
}

const scratch = () => readdirSync(root.fileSystem('scratch'));

test('a successful demand stores its output', async () => {
  expect(await run(demand('success', COPY), { signal })).toMatchObject(EMBEDDED_ENDS.success);
  expect(readFileSync(join(root.s3, 'scenarios/success/out'), 'utf8')).toBe('data\n');
});

test('a failed job is cleaned up', async () => {
  expect(await run(demand('fails', ['exit', '3']), { signal })).toMatchObject(EMBEDDED_ENDS.jobFails);
  const pipe = ['false', '|', 'cat', '>', '${OUT}'];
  expect(await run(demand('pipe-fails', pipe), { signal })).toMatchObject(EMBEDDED_ENDS.jobFails);
  expect(scratch()).not.toContain('fails');
});

test('a missing input is refused before anything is made', async () => {
  const missing = demand('missing', COPY, 's3://scenarios/none');
  expect(await run(missing, { signal })).toMatchObject(EMBEDDED_ENDS.inputMissing);
  expect(existsSync(join(root.fileSystem('scratch'), 'missing'))).toBe(false);
});

test('demands for data that no demand may touch are refused, before anything is made', async () => {
  for (const { request, told } of scenarios.attacks(EMBEDDED, 'attack', root.processPath('shared'))) {
    const ended = await run(request, { signal });
    expect(ended).toMatchObject({ ...EMBEDDED_ENDS.inputMissing, cause: expect.stringContaining(told) });
    for (const role of VOLUME_ROLES) expect(readdirSync(root.fileSystem(role))).toEqual([]);
  }
});

test('a demand that the rules forbid is refused before anything is made', async () => {
  const forbidden = { ...LOCAL_RULES, write: ['s3://scenarios/results'], jobQueues: ['main'] };
  const outcome = await run(demand('forbidden', COPY), { signal, rules: forbidden });
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'DemandValidationError' });
  for (const name of ['demands.write', 'demands.jobQueueArns'])
    expect('cause' in outcome && outcome.cause).toContain(`the rule ${name} of the stage forbids`);
  expect(existsSync(join(root.fileSystem('scratch'), 'forbidden'))).toBe(false);
});

test.each([
  ['stay where the stage permits no removal', LOCAL_RULES, ['new', 'old']],
  ['go where the stage permits a removal', { ...LOCAL_RULES, remove: ['s3://scenarios/folder'] }, ['new']],
])('other files at the destination of a folder %s', async (_, rules, expected) => {
  mkdirSync(join(root.s3, 'scenarios/folder/out'), { recursive: true });
  writeFileSync(join(root.s3, 'scenarios/folder/out/old'), '');
  const folder = demand('folder', ['mkdir', '${OUT};', 'cp', '${DATA}', '${OUT}/new']);
  expect(await run(folder, { signal, rules })).toMatchObject(EMBEDDED_ENDS.success);
  expect(readdirSync(join(root.s3, 'scenarios/folder/out'))).toEqual(expected);
});

test('a cancelled run is cleaned up', async () => {
  const stop = new AbortController();
  const started = () => stop.abort(new DemandCancelled('not wanted'));
  const running = run(demand('stopped', ['sleep', '600']), { signal: stop.signal, started });
  expect(await running).toMatchObject(EMBEDDED_ENDS.cancelled);
  expect(scratch()).not.toContain('stopped');
});

test('two concurrent equal demands run once', async () => {
  const events: string[] = [];
  const options = {
    root,
    runner: 'process',
    inlineLimits: { maxBytes: 2 ** 30, maxFiles: 1000 },
    signal,
    listener: ({ type }: { type: string }) => void events.push(type),
    hostEnvironment: process.env,
    now: Date.now,
  } as const;
  const twice = demand('twice', ['sleep', '0.3;', ...COPY]);
  const results = await Promise.all([runDemand(twice, options), runDemand(twice, options)]);
  expect(results.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect(events.filter((type) => type === 'job-started')).toHaveLength(1);
});
