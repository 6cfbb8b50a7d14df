import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sweep } from '../../src/steps/sweep';
import { harvest, plant, useFolder } from '../transfer/folders';
import { SweptWorld } from './worlds';

const folder = useFolder();
let world: SweptWorld;
beforeEach(() => {
  world = new SweptWorld(folder.path);
});

const at = (...names: string[]) => join(folder.path, ...names);
const names = (volume: string) => readdirSync(at(volume)).sort();

describe('interrupted removals', () => {
  test('the rest of a removal goes', async () => {
    plant(at('tmp/.0123456789ab.0123456789ab.removing'), { a: 'x' });
    expect((await world.sweep('tmp')).removed).toEqual({});
    world.pass(1);
    expect((await world.sweep('tmp')).removed).toEqual({ removing: { count: 1, bytes: 1 } });
  });

  test('a unit that a killed sweep has left aside is put back', async () => {
    world.direct('runs', { a: 'x' });
    const { files } = world.world();
    await files.setAside({ path: at('scratch'), root: folder.path }, 'runs');
    expect(existsSync(at('scratch/runs'))).toBe(false);
    world.pass(1);
    expect(await world.sweep('scratch')).toMatchObject({ removed: {}, failures: [] });
    expect(existsSync(at('scratch/runs/a'))).toBe(true);
    expect(names('scratch')).toEqual(['runs']);
  });

  test('a unit left aside whose name is taken stays beside it, and goes by its own age', async () => {
    plant(at('shared'), { 'key/a': 'old' });
    await world.world().files.setAside({ path: at('shared'), root: folder.path }, 'key');
    world.pass(31);
    plant(at('shared'), { 'key/a': 'new' });
    await world.sweep('shared');
    expect(harvest(at('shared'))['key/a']).toBeUndefined();
  });
});

test('a folder that contains another volume stays', async () => {
  plant(folder.path, { 'tmp/a/inputs/b': 'x', 'tmp/c/d': 'x' });
  world.pass(20);
  const volume = { role: 'tmp', path: '/tmp', days_since_last_accessed: 15 };
  const part = { function: 0, file_system_id: 'fs-1', volume, others: ['/tmp/a/inputs'] };
  const event = { execution: 'sweep', request: { volumes: [volume] }, part };
  expect((await sweep(event, world.world())).report).toMatchObject({
    removed: { temporary: { count: 1 } },
    stays: { unknown: 1 },
  });
  expect(names('tmp')).toEqual(['a']);
});
