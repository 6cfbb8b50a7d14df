import { FunctionWorker } from '../../../../local/api/functions/worker';
import { type Bundles, bundles } from './bundles';

let made: Bundles;
beforeEach(() => {
  made = bundles();
});
afterEach(() => made.remove());

test('an instance handles one event after the other', async () => {
  const worker = new FunctionWorker(made.of('echo', 'return event;'), () => undefined);
  for (const payload of ['1', '2', '3'])
    expect(await worker.invoke(payload)).toEqual({ outcome: { payload }, isAlive: true });
  await worker.stop();
});

const WRITES = `
  process.stdout.write('half a ');
  console.error('an error');
  process.stdout.write('line\\r\\n\\nthe next\\n' + event);
`;

test('the output of an instance comes by lines, also the last line at its end', async () => {
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
});

test('an instance that has ended between two events fails the next event at once', async () => {
  const ends = 'setTimeout(() => { throw new Error("later"); }, 200); return event;';
  const worker = new FunctionWorker(made.of('ends-later', ends), () => undefined);
  expect(await worker.invoke('1')).toEqual({ outcome: { payload: '1' }, isAlive: true });
  while (!worker.hasEnded) await new Promise(setImmediate);
  const { outcome, isAlive } = await worker.invoke('2');
  expect({ outcome, isAlive }).toMatchObject({
    outcome: { error: { errorType: 'Runtime.ExitError' } },
    isAlive: false,
  });
  await worker.stop();
});
