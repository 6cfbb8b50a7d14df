import { setImmediate } from 'node:timers/promises';
import { Gate } from '../../../src/adapters/s3/gate';

async function peakOf(gate: Gate, count: number): Promise<number> {
  let running = 0;
  let peak = 0;
  const task = async () => {
    peak = Math.max(peak, ++running);
    await setImmediate();
    running--;
  };
  await Promise.all(Array.from({ length: count }, () => gate.run(task)));
  return peak;
}

test('the gate admits the limit', async () => {
  expect(await peakOf(new Gate(5), 20)).toBe(5);
});

test('a refusal halves the limit, once for all running requests', async () => {
  const gate = new Gate(8);
  const leave = await Promise.all(Array.from({ length: 8 }, () => gate.enter()));
  for (let refusal = 0; refusal < 8; refusal++) gate.slowDown();
  expect(gate.limit).toBe(4);
  for (const each of leave) each();
  gate.slowDown();
  expect(gate.limit).toBe(2);
});

test('the limit never falls below one, and recovers after successes', async () => {
  const gate = new Gate(4);
  for (let refusal = 0; refusal < 10; refusal++) gate.slowDown();
  expect(gate.limit).toBe(1);
  await peakOf(gate, 20);
  expect(gate.limit).toBe(4);
  expect(await peakOf(gate, 20)).toBe(4);
});

test('a failed request gives its place back', async () => {
  const gate = new Gate(1);
  await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run(async () => 'yes')).toBe('yes');
});
