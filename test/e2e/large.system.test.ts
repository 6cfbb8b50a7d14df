/** Runs the largest demands on the machine's own file: no state may exceed the limit of AWS. */
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
import { runDemand } from '../../local/execution/run';
import { LocalRoot } from '../../local/world/root';
import type { RecordedEvent } from '../../src/history/events';
import { largeDemand, largeDemandObjects, MOST_BYTES, numbersIn } from '../scenarios/large-demand';

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_EVENTS = 25_000;
/** History events of a task state on AWS: entered, scheduled, started, ended, exited. */
const EVENTS_A_TRANSITION = 5;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'large-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const WHERE = { jobQueueName: 'any', data: { bucket: 'bucket', prefix: '' } };

async function run(inputs: number, outputs: number, bytes: number) {
  mkdirSync(join(folder, 's3/bucket/data'), { recursive: true });
  for (const [key, content] of largeDemandObjects(inputs))
    writeFileSync(join(folder, 's3/bucket', key), content);
  const history: RecordedEvent[] = [];
  const result = await runDemand(largeDemand(WHERE, { id: 'large', inputs, outputs, bytes }), {
    root: new LocalRoot(folder),
    runner: 'process',
    inlineLimits: { maxBytes: 2 ** 30, maxFiles: 1000 },
    signal: new AbortController().signal,
    listener: (event) => void (event.type === 'state' && history.push(event.event)),
    hostEnvironment: process.env,
    now: Date.now,
  });
  expect(result.failure).toBeUndefined();
  const sizes = history.flatMap((event) => ('bytes' in event ? [event.bytes] : []));
  return { result, largest: Math.max(...sizes), counts: result.counts, history };
}

/**
 * State transitions: eleven outside the items of the Maps, three for each item of inputs, and five for each item of outputs,
 * whose sources are removed in a call of their own.
 */
const transitions = (inputs: number, outputs: number) => 11 + 3 * inputs + 5 * outputs;

test.each([
  ['500 inputs, in 200 KiB', 500, 1, 200 * 1024, transitions(40, 1)],
  ['500 inputs and 500 outputs, in 200 KiB', 500, 500, 200 * 1024, transitions(40, 40)],
  ['250 KiB and few transfers', 3, 1, 250 * 1024, transitions(3, 1)],
])('a demand with %s runs within the limits of AWS', async (_, inputs, outputs, bytes, expected) => {
  const { largest, counts, history } = await run(inputs, outputs, bytes);
  // On AWS the answer of a task has about 2 KB more, which describe the call.
  expect(largest).toBeLessThan(MOST_BYTES - 2_000);
  expect(counts).toMatchObject({ stateTransitions: expected, nestedExecutions: 0, batchJobs: 1 });
  expect(counts.stateTransitions * EVENTS_A_TRANSITION).toBeLessThan(MOST_EVENTS / 10);
  const all = Array.from({ length: inputs }, (__, index) => index);
  const stored = readFileSync(join(folder, 's3/bucket/results/out-0'), 'utf8');
  expect(numbersIn(stored)).toEqual(all);
  expect(readdirSync(join(folder, 's3/bucket/results'))).toHaveLength(outputs);
  expect(existsSync(join(folder, 'efs/scratch/large'))).toBe(false);
  expect(history.filter(({ type }) => type === 'StateFailed')).toEqual([]);
});

test('a small demand needs no additional transitions, and none of its plans go to S3', async () => {
  const { counts } = await run(2, 1, 0);
  expect(counts.stateTransitions).toBe(transitions(2, 1));
  expect(existsSync(join(folder, 's3/demand-plans'))).toBe(false);
});
