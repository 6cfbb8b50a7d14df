/** Runs each path of the mock file on the embedded engine. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDefinition, placedStates } from '../../../local/engine/definitions';
import { runDemand } from '../../../local/execution/run';
import { MockPath, readMockFile } from '../../../local/mocks/mock-file';
import { LocalRoot } from '../../../local/world/root';
import type { RecordedEvent } from '../../../src/history/events';
import { EXPECTED_PATHS, expectInputMissing, expectPath } from './expected-paths';

const FILE = 'local/step-functions-local/MockConfigFile.json';
const MACHINE = 'local-demand-execution';
const file = readMockFile(FILE);
const document = JSON.parse(readFileSync('examples/penguins/demand.json', 'utf8'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mocks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function follow(path: string) {
  const result = await runDemand(document, {
    root: new LocalRoot(join(folder, 'root')),
    seed: 'examples/penguins/s3',
    runner: 'process',
    inlineLimits: { maxBytes: 1, maxFiles: 1 },
    signal: new AbortController().signal,
    listener: () => undefined,
    hostEnvironment: {},
    now: Date.now,
    mocks: new MockPath(file, MACHINE, path),
  });
  const records = join(folder, 'root/executions/penguins-demo/1/history.json');
  const history: RecordedEvent[] = JSON.parse(readFileSync(records, 'utf8'));
  const entered = history.flatMap((event) => (event.type === 'StateEntered' ? [event.state] : []));
  const retried = history.flatMap((event) => (event.type === 'StateRetried' ? [event.state] : []));
  return { result, entered, retried };
}

test.each(EXPECTED_PATHS)('$name', async (expected) => {
  const { entered, result, retried } = await follow(expected.name);
  expectPath(entered, expected);
  expect(result.status).toBe(expected.status);
  expect(retried).toEqual(expected.retried);
});

test('input_missing', async () => {
  const { entered, result } = await follow('input_missing');
  expectInputMissing(entered);
  expect(result.failure).toMatchObject({ error: 'DataSourceMissing' });
});

test('a path that fails has the mocked cause', async () => {
  expect((await follow('job_fails')).result.failure).toMatchObject({
    error: 'States.TaskFailed',
    exitCode: 3,
  });
});

test('each path names existing tasks and responses, and each response is used', () => {
  const tasks = new Set(
    placedStates(loadDefinition('demand-execution')).flatMap(({ name, state }) =>
      state.Type === 'Task' ? [name] : [],
    ),
  );
  const cases = Object.values(file.StateMachines[MACHINE]?.TestCases ?? {});
  for (const state of cases.flatMap(Object.keys)) expect(tasks).toContain(state);
  const used = new Set(cases.flatMap((each) => Object.values(each)));
  expect(used).toEqual(new Set(Object.keys(file.MockedResponses)));
});

test('a path that does not exist is refused, with the names of the paths', () => {
  expect(() => new MockPath(file, MACHINE, 'other')).toThrow(/has no "other".*happy, job_fails/s);
});

test('a state that is called too often has no answer', () => {
  const path = new MockPath(file, MACHINE, 'happy');
  expect(path.next('RunJob')).toMatchObject({ Return: { Status: 'SUCCEEDED' } });
  expect(() => path.next('RunJob')).toThrow('JobSucceeds has no answer for call 1 of RunJob');
  expect(path.next('DemandSucceeded')).toBeUndefined();
});
