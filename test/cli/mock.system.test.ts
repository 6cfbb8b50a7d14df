/** `demand run --mock`: answers of a mock file replace tasks. */
import { join } from 'node:path';
import { World } from './world';

const FILE = join(__dirname, '../../local/step-functions-local/MockConfigFile.json');
const DEMAND = join(__dirname, '../../examples/penguins/demand.json');
const SEED = join(__dirname, '../../examples/penguins/s3');

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

const mocked = (path: string, file: string) =>
  world.run('run', DEMAND, '--seed', SEED, '--mock', path, '--mock-file', file);

test('a mocked run says that its tasks did not run', async () => {
  const { exitCode, stdout } = await mocked('happy', FILE);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('demand penguins-demo succeeded');
  expect(stdout).toContain(`mocked: answers of happy in ${FILE} replaced tasks, which did not run`);
});

test.each([
  ['is not there', undefined, /absent\.json cannot be read.*ENOENT/],
  ['is no JSON', '{', /absent\.json is not JSON/],
  ['has no such machine', '{"StateMachines":{},"MockedResponses":{}}', /has no "local-demand-execution"/],
])('a file that %s is refused', async (_, content, told) => {
  const file = world.path('absent.json');
  if (content !== undefined) world.write('absent.json', content);
  const { exitCode, stdout, stderr } = await mocked('happy', file);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(told);
  expect(stderr).not.toContain('Give one of .');
});
