/** Runs each path of the mock file on LocalStack. The states and the ends are the same as on the embedded engine. */

import { readFileSync } from 'node:fs';
import { type HistoryEvent, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { EXPECTED_PATHS, expectInputMissing, expectPath } from '../local/mocks/expected-paths';
import { ended, historyOf } from '../scenarios/executions';
import { openTier, PATIENCE_MS, type Tier } from '../scenarios/tier';

jest.setTimeout(PATIENCE_MS);

const INPUT = readFileSync('examples/penguins/demand.json', 'utf8');

let tier: Tier;
beforeAll(async () => {
  tier = await openTier();
});
afterAll(() => tier?.stop());

async function follow(path: string) {
  const { executionArn = '' } = await tier.sfn.send(
    new StartExecutionCommand({
      stateMachineArn: `${tier.stateMachineArn}#${path}`,
      name: `${tier.runId}-${path}`,
      input: INPUT,
    }),
  );
  const { status, error } = await ended(tier, executionArn);
  const history = await historyOf(tier, executionArn);
  const entered = history.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
  return {
    status,
    error,
    entered,
    retries: countOf(history, 'TaskScheduled') - countOf(history, 'TaskStateEntered'),
  };
}

function countOf(history: readonly HistoryEvent[], wanted: string): number {
  return history.filter(({ type }) => type === wanted).length;
}

test.each(EXPECTED_PATHS)('$name', async (expected) => {
  const { status, entered, retries } = await follow(expected.name);
  expect(status).toBe(expected.status);
  expectPath(entered, expected);
  expect(retries).toBe(expected.retried.length);
});

test('input_missing', async () => {
  const { status, error, entered } = await follow('input_missing');
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'DataSourceMissing' });
  expectInputMissing(entered);
});
