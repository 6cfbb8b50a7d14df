/** The records of kept directories while a sweep moves and removes directories. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileKept } from '../../src/adapters/files/file-kept';
import { useFolder } from '../transfer/folders';
import { EXECUTION, SweptWorld } from './worlds';

const folder = useFolder();
let world: SweptWorld;
beforeEach(() => {
  world = new SweptWorld(folder.path);
});

const at = (...names: string[]) => join(folder.path, ...names);

describe('the record of a kept directory', () => {
  const kept = () => fileKept(world.mounts);
  const listed = async () => (await kept().list()).map((each) => each.kept.path);

  beforeEach(async () => {
    for (const name of ['first', 'second']) {
      world.direct(name, { out: 'x' });
      world.end(name, false);
      const record = {
        execution: EXECUTION + name,
        since: world.now(),
        reason: 'it failed',
        outputs: ['out'],
      };
      await kept().note({ ...record, directory: at('scratch', name) });
    }
    world.pass(31);
  });

  test('stays with a directory that is put back, also when others list the records meanwhile', async () => {
    world.onFence = async () => {
      world.fates.set(`${EXECUTION}second`, { kind: 'running' });
      expect(await listed()).toEqual(['/scratch/first', '/scratch/second']);
    };
    expect((await world.sweep('scratch')).removed).toMatchObject({ kept_directory: { count: 1 } });
    expect(await listed()).toEqual(['/scratch/second']);
  });

  test('goes with its directory', async () => {
    await world.sweep('scratch');
    expect(readdirSync(at('.demand.kept'))).toEqual([]);
  });
});
