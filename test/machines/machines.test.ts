/** Compares the facts about machines and functions in the code with the deployed YAML. */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { loadDefinition, placedStates } from '../../local/engine/definitions';
import { EVENT_CALL_RETRIES, FUNCTION_SECONDS, REDRIVE_DAYS } from '../../src/aws-limits';
import {
  CALLED_BY,
  CALLED_BY_EVENTS,
  CALLED_BY_OTHERS,
  logicalNameOf,
  ONCE_FOR_EACH_FILE_SYSTEM,
} from '../../src/machines/functions';
import { demandMachineOf, envBaseOf, envBaseOfMachine, stageOfMachine } from '../../src/machines/names';
import { type MachineName, STATES } from '../../src/machines/states';
import { FUNCTION_TIMEOUTS, MACHINE_SECONDS } from '../../src/machines/timeouts';

interface FunctionSettings {
  readonly handler: string;
  readonly role: string;
  readonly timeout: number;
  readonly fileSystemConfig?: object;
}

const MACHINES = Object.keys(STATES) as MachineName[];
const service = parse(readFileSync('serverless.yml', 'utf8'), { merge: true });
const functions: Readonly<Record<string, FunctionSettings>> = service.functions;
const resourcesOf = (file: string) =>
  parse(readFileSync(`resources/${file}.yml`, 'utf8'), { merge: true }).Resources;
const events = resourcesOf('events');
const textOf = (machine: MachineName) => readFileSync(`statemachines/${machine}.asl.yml`, 'utf8');
const statesOf = (machine: MachineName) => placedStates(loadDefinition(machine));
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

test('the code knows the machines of serverless.yml', () => {
  const files = Object.values<{ definition: string }>(service.stepFunctions.stateMachines).map(
    ({ definition }) => definition,
  );
  expect(sorted(files)).toEqual(sorted(MACHINES.map((name) => `\${file(statemachines/${name}.asl.yml)}`)));
});

test('a stage names its resources as the code does', () => {
  const envBase = service.custom.envBase.replace('${sls:stage}', 'prod');
  const name = service.stepFunctions.stateMachines.demandExecution.name.replace(
    '${self:custom.envBase}',
    envBase,
  );
  expect([envBaseOf('prod'), demandMachineOf('prod')]).toEqual([envBase, name]);
  expect([envBaseOfMachine(name), stageOfMachine(name)]).toEqual([envBase, 'prod']);
});

test.each(['prod-demand-data-sync', 'other'])('%s is not a demand machine of a stage', (name) => {
  expect([envBaseOfMachine(name), stageOfMachine(name)]).toEqual([undefined, undefined]);
});

describe.each(MACHINES)('%s', (machine) => {
  test('has the states that the code knows, in the same order', () => {
    expect(statesOf(machine).map(({ name }) => name)).toEqual(STATES[machine]);
  });

  test('calls the functions that the code knows', () => {
    const called = [...textOf(machine).matchAll(/\$\{(\w+)FunctionArns?\}/g)].map(([, name = '']) => name);
    expect(sorted(called)).toEqual(sorted(CALLED_BY[machine].map(logicalNameOf)));
  });

  test('calls a function by the number of its file system, when a stage has the function once for each', () => {
    const listed = [...textOf(machine).matchAll(/\$\{(\w+)FunctionArns\}/g)].map(([, name = '']) => name);
    const serving: readonly string[] = ONCE_FOR_EACH_FILE_SYSTEM.map(logicalNameOf);
    expect(sorted(listed)).toEqual(
      sorted(CALLED_BY[machine].map(logicalNameOf)).filter((name) => serving.includes(name)),
    );
  });
});

test('the code knows the functions of serverless.yml', () => {
  const known = [...Object.values(CALLED_BY).flat(), ...CALLED_BY_EVENTS, ...CALLED_BY_OTHERS];
  expect(sorted(known)).toEqual(sorted(Object.keys(functions)));
});

test('a function has a folder and a role of its name', () => {
  for (const [name, { handler, role }] of Object.entries(functions)) {
    const folder = `functions/${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    expect({ handler, role }).toEqual({
      handler: `${folder}/handler.handler`,
      role: `${name[0]?.toUpperCase()}${name.slice(1)}Role`,
    });
    expect(existsSync(`${folder}/handler.ts`)).toBe(true);
  }
});

test('rules of events call the functions that the code knows', () => {
  const targets = [...JSON.stringify(events).matchAll(/"Fn::GetAtt":\["(\w+)LambdaFunction","Arn"\]/g)];
  expect(sorted(targets.map(([, name = '']) => name))).toEqual(sorted(CALLED_BY_EVENTS.map(logicalNameOf)));
});

test('a function that a stage has once for each file system mounts a file system', () => {
  for (const name of ONCE_FOR_EACH_FILE_SYSTEM) expect(functions[name]?.fileSystemConfig).toBeDefined();
});

test('the budget of bundles names the functions of serverless.yml', () => {
  const budget = JSON.parse(readFileSync('bench/coldstart/budget.json', 'utf8'));
  expect(sorted(Object.keys(budget))).toEqual(sorted(Object.keys(functions)));
});

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

test('Lambda repeats the calls by events as often as the code knows', () => {
  const retries = Object.values<{ Type: string; Properties: { MaximumRetryAttempts: number } }>(
    events,
  ).filter(({ Type }) => Type === 'AWS::Lambda::EventInvokeConfig');
  expect(retries).toHaveLength(CALLED_BY_EVENTS.length);
  for (const { Properties } of retries) expect(Properties.MaximumRetryAttempts).toBe(EVENT_CALL_RETRIES);
});
