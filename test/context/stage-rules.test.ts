/** Demands that would take more of the file systems than their stage gives: each is refused before anything is made. */
import { DemandValidationError } from '../../src/errors';
import { intake } from '../../src/steps/intake';
import { normalise } from '../../src/steps/normalise';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { scaffolding } from '../../src/steps/scaffolding';
import { demandOf, type Fields } from '../demand/arbitraries';
import { MemoryBus, MemoryExecutions } from '../events/worlds';
import { stepWorld } from '../steps/worlds';

const request = (file_system_configurations: unknown, execution_id = 'run-1') => ({
  demand_execution: demandOf({}, { execution_id }),
  file_system_configurations,
});

/** The access point of the functions is in the account, with the tag of the stage. */
function worldWithRoot() {
  const world = stepWorld();
  const root = {
    accessPointId: 'fsap-9',
    fileSystemId: 'fs-1',
    name: 'root',
    path: '/',
    tags: { env_base: 'dev' },
  };
  const all = async () => [root, ...(await world.fileSystems.accessPoints())];
  return { ...world, fileSystems: { ...world.fileSystems, accessPoints: all } };
}

const ATTACKS: readonly (readonly [string, Fields, string])[] = [
  [
    'the whole file system as scratch',
    request({ scratch: { access_point: 'root' } }),
    '/file_system_configurations/scratch',
  ],
  [
    'the whole file system by its id, in camelCase',
    { demandExecution: demandOf(), fileSystemConfigurations: { scratch: { accessPoint: 'fsap-9' } } },
    '/file_system_configurations/scratch',
  ],
  [
    'the whole file system and the id of a volume',
    request({ scratch: { access_point: 'root' } }, 'shared'),
    '/demand_execution/execution_id',
  ],
  [
    'the shared volume as tmp',
    request({ tmp: { access_point: 'shared' } }),
    '/file_system_configurations/tmp',
  ],
  [
    'a candidate that is not chosen',
    request({ tmp: [{ access_point: 'tmp' }, { access_point: 'shared' }] }),
    '/file_system_configurations/tmp/1',
  ],
  [
    'a file system of no stage',
    request({ scratch: { file_system: 'fs-2' } }),
    '/file_system_configurations/scratch',
  ],
];

async function refusalOf(call: Promise<unknown>): Promise<DemandValidationError> {
  const error = await call.catch((thrown: unknown) => thrown);
  if (error instanceof DemandValidationError) return error;
  throw new Error('this was accepted', { cause: error });
}

test.each(ATTACKS)('Normalise refuses %s', async (_, event, pointer) => {
  const world = worldWithRoot();
  const { problems } = await refusalOf(normalise(event, world));
  expect(problems.map((each) => each.pointer)).toContain(pointer);
  for (const { remedy } of problems) expect(remedy).not.toBe('');
  expect(world.made.size).toBe(0);
});

test.each(ATTACKS)('the intake refuses %s, and says so on the bus', async (_, detail) => {
  const world = { ...worldWithRoot(), executions: new MemoryExecutions(), bus: new MemoryBus() };
  const event = { id: 'event-1', time: '2026-01-02T03:04:05Z', detail };
  expect(await intake(event, world)).toEqual({ status: 'REFUSED' });
  expect(world.executions.kept.size).toBe(0);
  expect(world.bus.told).toMatchObject([{ status: 'REFUSED', failure: { error: 'DemandValidationError' } }]);
});

const OF_ONE_CALL = ATTACKS.filter(([name]) => !/candidate|no stage/.test(name));

test.each(OF_ONE_CALL)('the function of the original refuses %s, and makes nothing', async (_, event) => {
  const world = worldWithRoot();
  await refusalOf(scaffolding(event, world));
  expect(world.made.size).toBe(0);
});

test('ResolveEfs refuses the whole file system also without Normalise', async () => {
  const event = request({ scratch: { access_point: 'root' } });
  expect((await refusalOf(resolveEfs(event, worldWithRoot()))).message).toContain(
    'rule fileSystems.accessPoints.scratch: scratch',
  );
});

test('an id that is the name of a folder of the access points is refused in every step', async () => {
  const world = worldWithRoot();
  const accessPoints = world.settings.accessPoints.map((each) => ({ ...each, path: `/team${each.path}` }));
  const inTeam = { ...world, settings: { ...world.settings, accessPoints } };
  const event = request({}, 'team');
  for (const call of [normalise(event, inTeam), scaffolding(event, inTeam)])
    expect((await refusalOf(call)).problems).toMatchObject([{ pointer: '/demand_execution/execution_id' }]);
  const { problems } = await refusalOf(scaffolding(demandOf({}, { execution_id: 'TEAM' }), inTeam));
  expect(problems).toMatchObject([{ pointer: '/execution_id' }]);
});
