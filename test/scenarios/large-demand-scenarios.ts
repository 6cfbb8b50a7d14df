/** A very large demand. No state of its execution may exceed AWS's limit. */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { putAll } from './data';
import { contentsOf, ended, historyOf, start } from './executions';
import { largeDemand, largeDemandObjects, MOST_BYTES, numbersIn } from './large-demand';
import { ENDS } from './scenarios';
import type { Tier } from './tier';

const INPUTS = 500;
const BYTES = 200 * 1024;

export function largeDemandScenarios(on: () => Tier): void {
  test('500 inputs in 200 KiB: no state has more than 256 KiB', async () => {
    const tier = on();
    await putAll(tier.s3, tier.data, largeDemandObjects(INPUTS));
    const id = `${tier.runId}-large`;
    const demand = largeDemand(tier, { id, inputs: INPUTS, outputs: 1, bytes: BYTES });
    expect(Buffer.byteLength(JSON.stringify(demand))).toBeGreaterThanOrEqual(BYTES);
    const arn = await start(tier, demand);
    expect(await ended(tier, arn)).toMatchObject(ENDS.success);
    const events = await historyOf(tier, arn);
    const sizes = events.flatMap(sizesOf);
    console.log(`500 inputs: ${events.length} events, the largest with ${Math.max(...sizes)} bytes`);
    // The input of the execution is one of the states.
    expect(Math.max(...sizes)).toBeGreaterThanOrEqual(BYTES);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST_BYTES);
    const stored = await contentsOf(tier, 'results/');
    expect(Object.keys(stored)).toEqual(['results/out-0']);
    expect(numbersIn(stored['results/out-0'] ?? '')).toEqual(Array.from({ length: INPUTS }, (_, n) => n));
  });
}

/** Returns the sizes of input, output and parameters, which have the same names in all events. */
function sizesOf(event: HistoryEvent): number[] {
  return Object.values(event).flatMap((details: unknown) => {
    if (typeof details !== 'object' || details === null) return [];
    const { input, output, parameters } = details as Record<string, unknown>;
    return [input, output, parameters].flatMap((data) =>
      typeof data === 'string' ? [Buffer.byteLength(data)] : [],
    );
  });
}
