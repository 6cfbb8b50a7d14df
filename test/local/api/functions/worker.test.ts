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

test('a function that needs more memory than it has fails alone, in the words of Lambda', async () => {
  const eats = 'const all = []; for (;;) all.push(new Array(100_000).fill(event));';
  const worker = new FunctionWorker(
    { ...made.of('eats', eats), memoryMb: 32, timeoutSeconds: 60 },
    () => undefined,
  );
  const { outcome, isAlive } = await worker.invoke('1');
  expect(isAlive).toBe(false);
  expect(outcome).toMatchObject({
    error: {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(
        /^RequestId: \S+ Error: Runtime exited with error: signal: killed$/,
      ),
    },
  });
  await worker.stop();
});

test('a function that writes a line without end is cut into lines, and waits for their reader', async () => {
  const writes = `
    for (let turn = 0; turn < 100; turn++)
      await new Promise((written) => process.stdout.write('x'.repeat(100_000), written));
    return 'written';`;
  let [open, longest, bytes] = [0, 0, 0];
  const worker = new FunctionWorker({ ...made.of('writes-on', writes), timeoutSeconds: 60 }, async (line) => {
    open++;
    longest = Math.max(longest, line.length);
    bytes += line.length;
    await new Promise(setImmediate);
    open--;
    expect(open).toBe(0);
  });
  expect(await worker.invoke('1')).toMatchObject({ outcome: { payload: '"written"' } });
  await worker.stop();
  expect(longest).toBe(64 * 1024);
  expect(bytes).toBe(10_000_000);
});

test('the time that is left is a whole number of milliseconds, as on AWS', async () => {
  const tells = 'return Array.from({ length: 100 }, () => context.getRemainingTimeInMillis());';
  const worker = new FunctionWorker(made.of('tells', tells), () => undefined);
  const { outcome } = await worker.invoke('1');
  await worker.stop();
  expect(outcome).toMatchObject({ payload: expect.stringMatching(/^\[\d+(,\d+){99}\]$/) });
});
