import { readFileSync } from 'node:fs';
import type { HistoryEvent } from '../../src/history/events';
import { ExecutionModel } from '../../src/history/execution';
import { aborted, asked, callEnded, called, entered, exited, started, submitted } from './events';

function modelOf(events: readonly HistoryEvent[]): ExecutionModel {
  const execution = new ExecutionModel();
  for (const event of events) execution.see(event);
  return execution;
}

test('an execution without events has no start and no end', () => {
  expect(modelOf([])).toMatchObject({
    startedAt: undefined,
    end: undefined,
    open: [],
    callsOverAt: 0,
    counts: { stateTransitions: 0, lambdaInvocations: 0, nestedExecutions: 0, batchJobs: 0 },
  });
});

test('an execution begins with its first event, and ends with its last event', () => {
  expect(modelOf([started(5), entered('Normalise', {}, 6), aborted(9)])).toMatchObject({
    startedAt: 5,
    end: { status: 'ABORTED', at: 9 },
    open: [],
  });
});

test('a requested execution becomes a child when its ARN arrives', () => {
  const execution = modelOf([asked('arn:one', 3), asked('arn:two', 4), submitted({ execution: 'arn:one' })]);
  expect(execution).toMatchObject({
    children: ['arn:one'],
    askedChildren: [{ execution: 'arn:two', askedAt: 4 }],
  });
});

test('called functions may go on until the end of the last open call', () => {
  const execution = modelOf([called(1, 100), called(2, 300), called(3, 200), callEnded(2)]);
  expect(execution.callsOverAt).toBe(200);
});

test('the ended job is always the job that was submitted last', () => {
  const ended = (JobId: string): HistoryEvent => ({
    ...{ type: 'TaskEnded', timestamp: 0, machine: 'demand-execution', state: 'RunJob' },
    job: { JobId },
  });
  const execution = modelOf([submitted({ jobId: 'a' }), ended('a'), submitted({ jobId: 'b' })]);
  expect(execution).toMatchObject({ jobIds: ['a', 'b'], endedJob: undefined });
  execution.see(ended('a'));
  expect(execution.endedJob).toBeUndefined();
  execution.see(ended('b'));
  expect(execution.endedJob).toEqual({ JobId: 'b' });
});

test('states of a nested execution count as transitions, and are no states of the parent', () => {
  const nested = { ...entered('RunJob'), machine: 'data-sync' };
  const execution = modelOf([started(), entered('StageInputs'), nested]);
  expect(execution.counts.stateTransitions).toBe(2);
  expect([...execution.entered]).toEqual(['StageInputs']);
  expect(execution.open).toMatchObject([{ state: 'StageInputs' }]);
});

test('each iteration of a Map adds its transfer', () => {
  const output = { result: { files_transferred: 2, bytes_transferred: 7 } };
  const execution = modelOf([exited('InputStaged', output, 0, { map: 'StageInputs', index: 1 })]);
  expect(execution.transfers).toEqual([{ direction: 'input', index: 1, files: 2, bytes: 7 }]);
});

test('a local history.json is read like a history from AWS', () => {
  const records = JSON.parse(readFileSync(`${__dirname}/local-history.json`, 'utf8')) as HistoryEvent[];
  const execution = modelOf(records);
  expect(execution).toMatchObject({
    startedAt: 1_785_000_000_000,
    end: { status: 'FAILED', at: 1_785_000_000_400, error: 'States.TaskFailed' },
    counts: { stateTransitions: 5, lambdaInvocations: 2, nestedExecutions: 0, batchJobs: 1 },
  });
  expect(execution.phases()).toEqual({
    prepare: 100,
    'stage inputs': 100,
    job: 100,
    'store outputs': 0,
    'clean up': 100,
  });
});
