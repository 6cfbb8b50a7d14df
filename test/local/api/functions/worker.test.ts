import { FunctionPool } from '../../../../local/api/functions/pool';
import { FunctionWorker } from '../../../../local/api/functions/worker';
import { type Bundles, bundles } from './bundles';

let made: Bundles;
beforeEach(() => {
  made = bundles();
});
afterEach(() => made.remove());

test('an instance answers one event after the other', async () => {
  const worker = new FunctionWorker(made.of('echo', 'return event;'), () => undefined);
  for (const payload of ['1', '2', '3'])
    expect(await worker.invoke(payload)).toEqual({ outcome: { payload }, isAlive: true });
  await worker.stop();
}, 20_000);

const WRITES = `
  process.stdout.write('half a ');
  console.error('an error');
  process.stdout.write('line\\r\\n\\nthe next\\n' + event);
`;

test('what an instance writes comes by lines, at its end the last one too', async () => {
  const lines: string[] = [];
  const worker = new FunctionWorker(made.of('writes', WRITES), (line) => void lines.push(line));
  await worker.invoke('"without an end"');
  await worker.stop();
  expect(lines.filter((line) => line !== 'an error')).toEqual([
    'half a line',
    '',
    'the next',
    'without an end',
  ]);
  expect(lines).toContain('an error');
}, 20_000);

test('one that ends by itself has its last words told before the outcome', async () => {
  const lines: string[] = [];
  const pool = new FunctionPool(() => (line) => void lines.push(line));
  const outcome = await pool.invoke(made.of('ends', `${WRITES} process.exit(1);`), '"last"');
  expect(outcome).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
  expect(lines.at(-1)).toBe('last');
  await pool.stop();
}, 20_000);

test('each instance has a log, opened when it starts', async () => {
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
  // Of whichever was done first.
  expect(logs.flatMap(({ lines }) => lines.slice(1))).toEqual(['3']);
}, 20_000);
