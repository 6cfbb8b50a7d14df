import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { parse } from 'yaml';
import { logged } from '../../functions/logging';
import type { Definition } from '../../local/engine/definitions';
import { placedStates } from '../../local/engine/definitions';

const EVENT = {
  logged_as: { execution: 'arn:execution', state: 'SyncInput' },
  request: { parameters: { password: 'secret' } },
};
const CONTEXT = { functionName: 'data-sync', awsRequestId: 'request-1' } as Context;

async function linesOf(handler: Parameters<typeof logged>[0], event: unknown) {
  const said: string[] = [];
  const write = jest.spyOn(console, 'info').mockImplementation((line) => void said.push(String(line)));
  // Powertools writes to its own console, except in development mode.
  const stdout = jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((line) => said.push(String(line)) > 0);
  const outcome = await logged(handler)(event, CONTEXT).then(
    () => 'returned',
    () => 'thrown',
  );
  write.mockRestore();
  stdout.mockRestore();
  return { outcome, text: said.join(''), lines: said.map((line) => JSON.parse(line)) };
}

test('an invocation writes two lines with the execution and the state, and without its event and answer', async () => {
  const answer = { status: 'DONE', result: 'secret' };
  const { outcome, text, lines } = await linesOf(async () => answer, EVENT);
  const common = {
    level: 'INFO',
    execution: 'arn:execution',
    state: 'SyncInput',
    function_name: 'data-sync',
    function_request_id: 'request-1',
  };
  expect(outcome).toBe('returned');
  expect(lines).toEqual([
    expect.objectContaining({ ...common, message: 'start' }),
    expect.objectContaining({
      ...common,
      message: 'end',
      outcome: 'succeeded',
      status: 'DONE',
      duration_ms: expect.any(Number),
    }),
  ]);
  expect(text).not.toContain('secret');
});

test('a failure is logged by its name, because its message may contain values', async () => {
  const fail = () => Promise.reject(new RangeError('got "secret"'));
  const { outcome, text, lines } = await linesOf(fail, EVENT);
  expect(outcome).toBe('thrown');
  expect(lines[1]).toMatchObject({ message: 'end', outcome: 'failed', error: 'RangeError' });
  expect(text).not.toContain('secret');
});

test('hidden characters of names are shown, so a line of the log is one line in each reader', async () => {
  const hostile = 'a\n{"execution":"forged"}\u2028\u009b31m\u202e';
  const fail = () => Promise.reject(Object.assign(new Error('x'), { name: hostile }));
  const { text, lines } = await linesOf(fail, { logged_as: { execution: hostile, state: hostile } });
  const shown = 'a\\n{"execution":"forged"}\\u2028\\x9b31m\\u202e';
  expect(lines[1]).toMatchObject({ execution: shown, state: shown, error: shown });
  expect(text.trimEnd().split('\n')).toHaveLength(2);
  expect(text).not.toMatch(/[^ -~\n]/);
});

test.each([
  ['Step Functions', { executionArn: 'arn:execution', input: '{"password":"secret"}' }],
  ['the service itself', { execution_arn: 'arn:execution', problems: ['secret'] }],
])('the log lines for an event of %s have its execution', async (_, detail) => {
  const { text, lines } = await linesOf(async () => ({}), { source: 'any', detail });
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).toMatchObject({ execution: 'arn:execution' });
  expect(text).not.toContain('secret');
});

test('the last line for an event that starts an execution has the execution', async () => {
  const answer = { status: 'STARTED', execution_arn: 'arn:execution' };
  const { lines } = await linesOf(async () => answer, { source: 'any', detail: { execution_id: 'one' } });
  expect(lines[0]).not.toHaveProperty('execution');
  expect(lines[1]).toMatchObject({ status: 'STARTED', execution: 'arn:execution' });
});

test('an invocation does not log the execution of the previous invocation', async () => {
  await linesOf(async () => ({}), EVENT);
  const { lines } = await linesOf(async () => ({}), {});
  for (const line of lines) expect(line).not.toHaveProperty('execution');
});

test.each(['demand-execution', 'data-sync', 'sweep'])('each state of %s passes its own name', (machine) => {
  const text = readFileSync(join('statemachines', `${machine}.asl.yml`), 'utf8');
  const states = placedStates(parse(text, { merge: true }) as Definition);
  const named = states.flatMap(({ name, state }) => {
    const { Parameters } = state as { Parameters?: { Payload?: { logged_as: { state: string } } } };
    return Parameters?.Payload === undefined ? [] : [[name, Parameters.Payload.logged_as.state]];
  });
  expect(named).not.toHaveLength(0);
  for (const [name, given] of named) expect(given).toBe(name);
});
