import { loadDefinition } from '../../local/engine/definitions';
import { FUNCTION_SECONDS, REDRIVE_DAYS } from '../../src/aws-limits';
import { FUNCTION_TIMEOUTS, MACHINE_SECONDS } from '../../src/machines/timeouts';
import { functions, MACHINES, resourcesOf, statesOf } from './service';

test.each(MACHINES)('an execution of %s ends after the time that the code knows', (machine) => {
  expect(loadDefinition(machine)).toMatchObject({ TimeoutSeconds: MACHINE_SECONDS[machine] });
});

test('a nested execution has as much time as the task that starts it, and less than its parent', () => {
  const starting = statesOf('demand-execution').filter(({ state }) =>
    state.Resource?.includes(':states:startExecution'),
  );
  expect(starting).toHaveLength(2);
  for (const { state } of starting)
    expect(state).toMatchObject({ TimeoutSeconds: MACHINE_SECONDS['data-sync'] });
  expect(MACHINE_SECONDS['demand-execution']).toBeGreaterThan(MACHINE_SECONDS['data-sync']);
});

test('plans stay until their executions can neither run nor be redriven', () => {
  const { Rules } = resourcesOf('storage').TempBucket.Properties.LifecycleConfiguration;
  const needed = MACHINE_SECONDS['demand-execution'] / (24 * 3600) + REDRIVE_DAYS;
  expect(Rules[0].ExpirationInDays).toBeGreaterThanOrEqual(needed);
});

test("a function has the time-out that the code knows, within Lambda's limit", () => {
  expect(functions).toMatchObject(
    Object.fromEntries(Object.entries(FUNCTION_TIMEOUTS).map(([name, timeout]) => [name, { timeout }])),
  );
  for (const { timeout } of Object.values(functions)) expect(timeout).toBeLessThanOrEqual(FUNCTION_SECONDS);
});
