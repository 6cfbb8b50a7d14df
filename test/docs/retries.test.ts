/** Compares the tables of docs/retries.md with the YAML files and the constants. */
import { readFileSync } from 'node:fs';
import { SFNClient } from '@aws-sdk/client-sfn';
import { parse } from 'yaml';
import { clientSettings } from '../../cli/aws/api';
import { LATEST_MS, SLOWER, SOONEST_MS, TROUBLES } from '../../cli/aws/follow';
import { FIRST_PAUSE_MS } from '../../local/api/functions/event-invocations';
import { loadDefinition, placedStates } from '../../local/engine/definitions';
import { JOB_RETRY_WAIT_MS } from '../../local/engine/engine';
import { LOCAL_LEASE } from '../../local/execution/functions';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { TRIES } from '../../src/adapters/files/file-leases';
import { BACKOFF_MS, LONGEST_WAIT_MS, MOST_FAILURES, MOST_THROTTLES } from '../../src/adapters/s3/attempts';
import { IDLE_MS } from '../../src/adapters/s3/idle-watch';
import { FINISH_ATTEMPTS } from '../../src/adapters/s3/s3-assembler';
import { EVENT_CALL_WAIT_MINUTES } from '../../src/aws-limits';
import { RETRY_STRATEGY } from '../../src/batch/job';
import { MOST_JOBS } from '../../src/batch/retries/decide';
import { DEFAULT_CEILING } from '../../src/batch/retries/memory';
import {
  DEFAULT_RULE_RETRIES,
  DEFAULT_RULES,
  DEFAULT_WAIT_SECONDS,
  LONGEST_WAIT_SECONDS,
  type RetryPatterns,
} from '../../src/batch/retries/rules';
import { type MachineName, STATES } from '../../src/machines/states';
import { MACHINE_SECONDS } from '../../src/machines/timeouts';
import * as waits from '../../src/steps/clean-up/waits';
import { FIRST_WAIT, GROWTH, LAST_WAIT } from '../../src/steps/data-sync-task';
import { NFS_LEASE } from '../../src/transfer/lease/claims';

interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly JitterStrategy: string;
}

const page = readFileSync('docs/retries.md', 'utf8');
const events = parse(readFileSync('resources/events.yml', 'utf8'), { merge: true }).Resources as Readonly<
  Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>
>;

/** Returns the rows of the tables in a section, without their headings. */
function tablesOf(section: string): string[][][] {
  const [, text = ''] = page.split(`## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  return Array.from(own.matchAll(/(?:^\|.*\|\n)+/gm), ([table]) => {
    const rows = table.trimEnd().split('\n').slice(2);
    return rows.map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  });
}

const namesIn = (cell = '') => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) => name);
const seconds = (milliseconds: number) => `${milliseconds / 1000} s`;

describe('tasks of the state machines', () => {
  const [tasks = [], errors = []] = tablesOf('Tasks of the state machines');
  const namesOf = new Map(errors.map(([group = '', names]) => [group, namesIn(names)]));
  const rules = (Object.keys(STATES) as MachineName[]).flatMap((machine) =>
    placedStates(loadDefinition(machine)).flatMap(({ name, state }) =>
      ((state as { Retry?: readonly Retry[] }).Retry ?? []).map((retry) => ({ machine, name, retry })),
    ),
  );

  test('each retry of a task has a row, and each row has retries', () => {
    const written = tasks.flatMap(([machine, groups = '', names, retries, first, all]) =>
      namesIn(names).map((name) => ({
        machine: namesIn(machine)[0],
        name,
        errors: groups
          .split(', ')
          .flatMap((group) => namesOf.get(group) ?? [group])
          .sort(),
        retries,
        first,
        all,
      })),
    );
    const existing = rules.map(({ machine, name, retry }) => ({
      machine,
      name,
      errors: [...retry.ErrorEquals].sort(),
      retries: `${retry.MaxAttempts}`,
      first: `${retry.IntervalSeconds} s`,
      all: `${retry.IntervalSeconds * (retry.BackoffRate ** retry.MaxAttempts - 1)} s`,
    }));
    const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(existing.length).toBeGreaterThan(20);
    expect(sorted(written)).toEqual(sorted(existing));
  });

  test('each wait may be twice as long as the previous one, and is shortened at random', () => {
    for (const { retry } of rules) expect(retry).toMatchObject({ BackoffRate: 2, JitterStrategy: 'FULL' });
  });
});

test('requests to AWS', async () => {
  const [rows = []] = tablesOf('Requests to AWS');
  expect(clientSettings({} as never)).not.toHaveProperty('maxAttempts');
  const bySdk = await new SFNClient({ region: 'us-west-2' }).config.maxAttempts();
  expect(rows.map(([who, , retries]) => [who, retries])).toEqual([
    ['AWS clients of the functions', `${CLIENT_SETTINGS.maxAttempts - 1}`],
    ['AWS clients of the command line', `${bySdk - 1}`],
    ['S3 client for file contents', `${MOST_FAILURES - 1}`],
    ['S3 client for file contents, throttled', `${MOST_THROTTLES - 1}`],
    ['end of an upload that several calls share', `${FINISH_ATTEMPTS - 1}`],
    ['`demand watch`', `${TROUBLES}`],
  ]);
  expect(rows[2]?.[1]).toContain(`no byte for ${seconds(IDLE_MS)}`);
  expect(rows[2]?.[3]).toBe(
    `up to ${BACKOFF_MS} ms, then twice as long each time, ${seconds(LONGEST_WAIT_MS)} at most`,
  );
  expect(rows[5]?.[3]).toBe(`${seconds(SOONEST_MS)} to ${seconds(LATEST_MS)}`);
});

test('events and jobs', () => {
  const [rows = []] = tablesOf('Events and jobs');
  const ofType = (type: string) => Object.values(events).filter(({ Type }) => Type === type);
  const retries = ofType('AWS::Lambda::EventInvokeConfig').map(
    ({ Properties }) => Properties.MaximumRetryAttempts,
  );
  const pauses = EVENT_CALL_WAIT_MINUTES.map((minutes) => `${minutes} min`).join(', ');
  expect(rows.map(([, , count, waiting]) => [count, waiting])).toEqual([
    [`${new Set(retries).values().next().value}`, pauses],
    // The default of EventBridge.
    ['185', 'within 24 hours'],
    [`${RETRY_STRATEGY.attempts - 1}`, 'chosen by Batch'],
  ]);
  expect(new Set(retries).size).toBe(1);
  expect(JSON.stringify(ofType('AWS::Events::Rule'))).not.toContain('RetryPolicy');
});

test('jobs of an execution', () => {
  const [rows = []] = tablesOf('Jobs of an execution');
  const patterns = ({ onStatusReason, onReason, onExitCode }: RetryPatterns) =>
    Object.entries({ onStatusReason, onReason, onExitCode })
      .filter(([, pattern]) => pattern !== undefined)
      .map(([name, pattern]) => `${name} \`${pattern}\``)
      .join(', ');
  expect(rows).toEqual(
    DEFAULT_RULES.map((rule) => {
      const { retries = DEFAULT_RULE_RETRIES, waitSeconds = DEFAULT_WAIT_SECONDS } = rule;
      const numbers = rule.action === 'EXIT' ? ['', ''] : [`${retries}`, `${waitSeconds} s`];
      return [patterns(rule), `\`${rule.action}\``, ...numbers];
    }),
  );
  const [, text = ''] = page.replaceAll('\n', ' ').split('## Jobs of an execution');
  for (const told of [
    `A rule without \`retries\` has ${DEFAULT_RULE_RETRIES}`,
    `An execution has ${MOST_JOBS} jobs at most`,
    `without \`waitSeconds\` is ${DEFAULT_WAIT_SECONDS} s`,
    `twice as long, ${LONGEST_WAIT_SECONDS} s at most`,
    `ceiling is ${DEFAULT_CEILING} times the memory`,
  ])
    expect(text.replaceAll(/ +/g, ' ')).toContain(told);
});

test('files', () => {
  const [rows = []] = tablesOf('Files');
  expect(rows.map(([, , retries]) => retries)).toEqual([`${TRIES - 1}`]);
});

test('waits for something to end', () => {
  const [rows = []] = tablesOf('Waits for something to end');
  const taskWaits = `${FIRST_WAIT} s, then ${GROWTH} times as long each time, ${LAST_WAIT} s at most`;
  const days = MACHINE_SECONDS['data-sync'] / (24 * 3600);
  expect(rows.map(([, , again, most]) => [again, most])).toEqual([
    [seconds(NFS_LEASE.pollMs), `${NFS_LEASE.maxWaitMs / 3_600_000} h, or the time of the call`],
    [taskWaits, `the execution's time-out, ${days} days`],
    ['the same', `about ${Math.round(sumOfTaskWaits() / 3600)} h`],
    [seconds(waits.POLL_MS), `the task's time-out and ${seconds(waits.LATE_CALL_MS)}`],
    [seconds(waits.POLL_MS), `${seconds(waits.REMOVAL_MS)} before its own time-out`],
    [seconds(waits.LOST_JOB_POLL_MS), `${seconds(waits.IN_FLIGHT_MS)} after the request`],
    [seconds(waits.EXECUTION_POLL_MS), `${seconds(waits.IN_FLIGHT_MS)} after the request`],
    [seconds(waits.EXECUTION_POLL_MS), seconds(waits.SETTLED_MS)],
    ['as the `data-sync` machine', `${seconds(waits.TASK_RESERVE_MS)} before its own time-out`],
    [
      `${seconds(SOONEST_MS)}, then ${SLOWER} times as long each time, ${seconds(LATEST_MS)} at most`,
      'its end; `cancel --wait` sets a time',
    ],
  ]);
});

/** Returns the seconds until the longest wait begins, and this wait. */
function sumOfTaskWaits(): number {
  let sum = 0;
  for (let wait = FIRST_WAIT; wait < LAST_WAIT; wait = Math.ceil(wait * GROWTH)) sum += wait;
  return sum + LAST_WAIT;
}

test('retries on your own machine', () => {
  const [, text = ''] = page.replaceAll('\n', ' ').split('## Retries on your own machine');
  expect(text).toContain(
    `for ${LOCAL_LEASE.maxWaitMs / 3_600_000} h and looks again after ${LOCAL_LEASE.pollMs} ms`,
  );
  expect(text).toContain(`waits for ${JOB_RETRY_WAIT_MS} ms before each further job`);
  expect(text).toContain(`after ${FIRST_PAUSE_MS} ms and ${2 * FIRST_PAUSE_MS} ms`);
});
