import { existsSync, readFileSync } from 'node:fs';
import { EVENT_CALL_RETRIES } from '../../src/aws-limits';
import {
  CALLED_BY,
  CALLED_BY_EVENTS,
  CALLED_BY_OTHERS,
  logicalNameOf,
  ONCE_FOR_EACH_FILE_SYSTEM,
} from '../../src/machines/functions';
import type { MachineName } from '../../src/machines/states';
import { functions, MACHINES, resourcesOf, sorted } from './service';

const events = resourcesOf('events');
const textOf = (machine: MachineName) => readFileSync(`statemachines/${machine}.asl.yml`, 'utf8');

test('the logical name of a function begins with a capital letter', () => {
  expect(logicalNameOf('resolveEfs')).toBe('ResolveEfs');
  expect(logicalNameOf('getJsonFromFile')).toBe('GetJsonFromFile');
});

describe.each(MACHINES)('%s', (machine) => {
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
  expect(sorted([...new Set(targets.map(([, name = '']) => name))])).toEqual(
    sorted(CALLED_BY_EVENTS.map(logicalNameOf)),
  );
});

test('a function that a stage has once for each file system mounts a file system', () => {
  for (const name of ONCE_FOR_EACH_FILE_SYSTEM) expect(functions[name]?.fileSystemConfig).toBeDefined();
});

test('the budget of bundles names the functions of serverless.yml', () => {
  const budget = JSON.parse(readFileSync('bench/coldstart/budget.json', 'utf8'));
  expect(sorted(Object.keys(budget))).toEqual(sorted(Object.keys(functions)));
});

test('Lambda repeats the calls by events as often as the code knows', () => {
  const retries = Object.values<{ Type: string; Properties: { MaximumRetryAttempts: number } }>(
    events,
  ).filter(({ Type }) => Type === 'AWS::Lambda::EventInvokeConfig');
  expect(retries).toHaveLength(CALLED_BY_EVENTS.length);
  for (const { Properties } of retries) expect(Properties.MaximumRetryAttempts).toBe(EVENT_CALL_RETRIES);
});
