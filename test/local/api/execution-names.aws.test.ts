/** The names of executions that StartExecution gives and refuses. */
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { endpoint } from '../../api/endpoint';

const sfn = new SFNClient({ region: 'eu-west-1', endpoint: endpoint() });
let stateMachineArn: string | undefined;

beforeAll(async () => {
  const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
  const roleArn = 'arn:aws:iam::123456789012:role/machine';
  const command = new CreateStateMachineCommand({ name: 'names-of-executions', definition, roleArn });
  ({ stateMachineArn } = await sfn.send(command));
});

const start = (name?: string) => sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: '{}' }));

test('each execution without a name has a UUID', async () => {
  const arns = [await start(), await start()].map(({ executionArn = '' }) => executionArn);
  const names = arns.map((arn) => arn.split(':').at(-1));
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(new Set(names).size).toBe(2);
});

test.each([
  ['a space', 'a name', 'InvalidName'],
  ['a wildcard', 'a*', 'InvalidName'],
  ['a bracket', 'a[1]', 'InvalidName'],
  ['a control character', 'a\u0007', 'InvalidName'],
  ['81 letters', 'n'.repeat(81), 'ValidationException'],
])('a name with %s is refused', async (_, name, error) => {
  await expect(start(name)).rejects.toMatchObject({ name: error });
});
