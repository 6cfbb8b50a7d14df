import { FunctionPool } from '../../../../local/api/functions/pool';
import { FunctionWorker } from '../../../../local/api/functions/worker';
import { type Bundles, bundles } from './bundles';

let made: Bundles;
beforeEach(() => {
  made = bundles();
});
afterEach(() => made.remove());

test('the last lines of an instance that ends by itself come before the outcome', async () => {
  const lines: string[] = [];
  const pool = new FunctionPool(() => (line) => void lines.push(line));
  const outcome = await pool.invoke(made.of('ends', 'console.log(event); process.exit(1);'), '"last"');
  expect(outcome).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
  expect(lines).toEqual(['last']);
  await pool.stop();
});

test('each instance opens a log at its start', async () => {
  const logs: { name: string; lines: string[] }[] = [];
  const pool = new FunctionPool((name) => {
    const lines: string[] = [];
    logs.push({ name, lines });
    return (line) => void lines.push(line);
  });
  const says = made.of('says', 'console.log(event);');
  await Promise.all([pool.invoke(says, '1'), pool.invoke(says, '2')]);
  await pool.invoke(says, '3');
  await pool.stop();
  expect(logs.map(({ name, lines: [first] }) => [name, first])).toEqual([
    ['says', '1'],
    ['says', '2'],
  ]);
  // The third event goes to the instance that has finished first.

  expect(logs.flatMap(({ lines }) => lines.slice(1))).toEqual(['3']);
});

test('an idle instance that has ended by itself gets no event', async () => {
  const { pool, started } = countingPool();
  const echo = made.of('echo', 'return event;');
  await pool.invoke(echo, '1');
  const hasEnded = jest.spyOn(FunctionWorker.prototype, 'hasEnded', 'get').mockReturnValue(true);
  expect(await pool.invoke(echo, '2')).toEqual({ payload: '2' });
  hasEnded.mockRestore();
  expect(await pool.invoke(echo, '3')).toEqual({ payload: '3' });
  expect(started()).toBe(2);
  await pool.stop();
});

test('after a change of its environment a function has new instances', async () => {
  const { pool, started } = countingPool();
  const told = made.of('told', 'return process.env.RULES;');
  const invoke = (RULES: string) => pool.invoke({ ...told, environment: { RULES } }, '{}');
  expect(await invoke('one')).toEqual({ payload: '"one"' });
  expect(await invoke('one')).toEqual({ payload: '"one"' });
  expect(started()).toBe(1);
  expect(await invoke('two')).toEqual({ payload: '"two"' });
  expect(started()).toBe(2);
  await pool.stop();
});

test('after the stop neither waiting nor new events start an instance', async () => {
  const { pool, started } = countingPool();
  const sleeps = made.of('sleeps', 'await new Promise((wake) => setTimeout(wake, 4_000));');
  const invoked = Array.from({ length: 6 }, () => pool.invoke(sleeps, '{}'));
  const before = started();
  await pool.stop();
  for (const outcome of await Promise.all([...invoked, pool.invoke(sleeps, '{}')]))
    expect(outcome).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
  expect(started()).toBe(before);
});

/** Counts the instances: each one opens a log. */
function countingPool() {
  let count = 0;
  const pool = new FunctionPool(() => {
    count += 1;
    return () => undefined;
  });
  return { pool, started: () => count };
}
