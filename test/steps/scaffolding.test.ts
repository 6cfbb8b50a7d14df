import { buildContext } from '../../src/steps/build-context';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { scaffolding } from '../../src/steps/scaffolding';
import { demandOf } from '../demand/arbitraries';
import { stepWorld } from './worlds';

const REQUEST = {
  demand_execution: demandOf({
    command: ['run', '${IN}'],
    params: { in: 's3://bucket/in @ in', out: 'out @ s3://bucket/out' },
    inputs: ['in'],
    outputs: ['out'],
  }),
};

test('one call has the answer and the files of the two steps', async () => {
  const [one, two] = [stepWorld(), stepWorld()];
  const volumes = await resolveEfs(REQUEST, two);
  const response = await buildContext({ request: REQUEST, volumes }, two);
  expect(await scaffolding(REQUEST, one)).toEqual(response);
  expect(one.made).toEqual(two.made);
  expect(one.made.size).toBe(2);
});

test('nothing is made after a refusal', async () => {
  const world = stepWorld();
  const refused = scaffolding({ demand_execution: demandOf({}, { execution_id: '..' }) }, world);
  await expect(refused).rejects.toMatchObject({ problems: [{ pointer: '/demand_execution/execution_id' }] });
  expect(world.made.size).toBe(0);
});

test('nothing is made when the mounts cannot be found', async () => {
  const findMounts = () => Promise.reject(new Error('no mounts'));
  const world = { ...stepWorld(), findMounts };
  await expect(scaffolding(REQUEST, world)).rejects.toThrow('no mounts');
  expect(world.made.size).toBe(0);
});

/** ECS and efs-utils cannot open a path with longer names together. `dev-`, a dash and a hash have 69 characters. */
test.each([
  ['the volume scratch', 139 - 69 - 3 - 'scratch-01234567'.length, {}],
  ['a volume with a long path', 139 - 69 - 3 - 24, { tmp: { container_path: `/${'x'.repeat(30)}` } }],
])('with %s a type has at most %i characters', async (_, most, file_system_configurations) => {
  const call = (length: number) => {
    const demand_execution = demandOf({}, { execution_type: 't'.repeat(length) });
    return scaffolding({ demand_execution, file_system_configurations }, stepWorld());
  };
  expect(await call(most)).toBeDefined();
  await expect(call(most + 2)).rejects.toMatchObject({
    problems: [
      {
        pointer: '/demand_execution/execution_type',
        remedy: expect.stringMatching(/Shorten execution_type.* by 2 characters/),
      },
    ],
  });
});
