/** The names of executions that StartExecution gives and refuses. */
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ApiWorld } from '../../cli/aws/api-world';

let world: ApiWorld;
beforeAll(async () => {
  world = await ApiWorld.start();
});
afterAll(() => world.stop());

const start = (name?: string) =>
  world.sfn.send(new StartExecutionCommand({ stateMachineArn: world.machineArn, name, input: '{}' }));

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
