/** Removals that an earlier call has not finished. A removal first renames the tree to a name with `.removing`. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removingPathOf } from '../../../src/adapters/files/file-names';
import { FileTrees } from '../../../src/adapters/files/file-trees';
import { workingFiles } from '../../../src/adapters/files/working-files';
import { withoutForeignFolder } from '../../../src/steps/clean-up/pending-removals';
import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { arnOf } from '../../events/worlds';
import { harvest, plant } from '../../transfer/folders';
import { ARN, EVENT, folder, STAGING, scratch, worldOf } from './worlds';

const OTHER = arnOf('run-1--2');
const renamed = () => readdirSync(scratch()).filter((name) => name.endsWith('.removing'));

describe('an unfinished removal of the working directory', () => {
  async function unfinished() {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure']);
    renameSync(scratch('run-1'), removingPathOf(scratch('run-1')));
    return world;
  }

  test('is finished', async () => {
    const world = await unfinished();
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'REMOVED' });
    expect(readdirSync(scratch())).toEqual(['far']);
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'NOTHING_LEFT' });
  });

  test('is finished, and the new directory of another attempt stays', async () => {
    const world = await unfinished();
    await workingFiles().claimDirectory(scratch('run-1'), OTHER);
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'REMOVED' });
    expect(readdirSync(scratch()).sort()).toEqual(['far', 'run-1']);
  });
});

describe('an unfinished removal of an input', () => {
  test('is finished', async () => {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
    rmSync(scratch('run-1'), { recursive: true });
    renameSync(scratch('far'), removingPathOf(scratch('far')));
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'REMOVED' });
    expect(renamed()).toEqual([]);
  });

  test('that cannot be read is an error with its path, and a stop is no failure of a removal', async () => {
    const stop = new AbortController();
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
    rmSync(scratch('run-1'), { recursive: true });
    const { removeTree } = new FileTrees();
    const removeAside = async () => {
      throw new Error('EIO: i/o error');
    };
    const stuck = Object.assign(world, { trees: { removeTree, removeAside }, signal: stop.signal });
    await expect(cleanUpAfter(EVENT, stuck)).rejects.toMatchObject({
      name: 'RemovalFailed',
      message: expect.stringMatching(/far: EIO: i\/o error/),
    });
    stop.abort(new Error('stopped'));
    await expect(cleanUpAfter(EVENT, stuck)).rejects.toThrow('stopped');
  });

  test('that fails again is an error, and the other inputs are released', async () => {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
    rmSync(scratch('run-1'), { recursive: true });
    const shared = localLocation(join(folder, 'shared/x'));
    await world.use.readers.add(shared, ARN);
    const removeAside = async (path: string) =>
      path === scratch('far') ? { bytes: 0, failures: ['it is stuck'] } : undefined;
    const { removeTree } = new FileTrees();
    const cleaning = cleanUpAfter(EVENT, Object.assign(world, { trees: { removeTree, removeAside } }));
    await expect(cleaning).rejects.toMatchObject({
      name: 'RemovalFailed',
      message: expect.stringContaining('it is stuck'),
    });
    expect(await world.use.readers.around(shared)).toEqual([]);
  });
});

describe('the directory of a new attempt stays when the attempt begins', () => {
  /** Attempt 2 makes the directory again, and stages its input. */
  async function beginAttempt() {
    await workingFiles().claimDirectory(scratch('run-1'), OTHER);
    plant(scratch('run-1/in'), { a: 'theirs' });
    mkdirSync(scratch('run-1/out'));
  }

  function expectUnchanged() {
    expect(harvest(scratch('run-1'))).toMatchObject({ 'in/a': 'theirs' });
    expect(existsSync(scratch('run-1/out'))).toBe(true);
  }

  test('after a second copy of the event has removed the old directory', async () => {
    const world = await worldOf(STAGING);
    const trees = new FileTrees();
    const removeTree: typeof trees.removeTree = async (path, ...rest) => {
      if (path === scratch('far')) {
        rmSync(scratch('run-1'), { recursive: true });
        await beginAttempt();
      }
      return trees.removeTree(path, ...rest);
    };
    await cleanUpAfter(
      EVENT,
      Object.assign(world, { trees: { removeTree, removeAside: trees.removeAside } }),
    );
    expectUnchanged();
    expect(existsSync(scratch('far'))).toBe(false);
  });

  test('during the end of an unfinished removal', async () => {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure']);
    renameSync(scratch('run-1'), removingPathOf(scratch('run-1')));
    await world.use.readers.add(localLocation(scratch('run-1/in')), ARN);
    const trees = new FileTrees();
    const removeAside: typeof trees.removeAside = async (...args) => {
      if (!existsSync(scratch('run-1'))) await beginAttempt();
      return trees.removeAside(...args);
    };
    const { removeTree } = trees;
    await cleanUpAfter(EVENT, Object.assign(world, { trees: { removeTree, removeAside } }));
    expectUnchanged();
    expect(readdirSync(scratch()).sort()).toEqual(['far', 'run-1']);
  });
});

test.each([
  [
    'of another execution: only its own unfinished removal goes on',
    true,
    ['aside /d', 'tree /e', 'aside /e'],
  ],
  [
    'of this execution: all removals go on',
    false,
    ['tree /d', 'aside /d', 'tree /d/in', 'aside /d/in', 'tree /e', 'aside /e'],
  ],
])('a working directory %s', async (_, isForeign, expected) => {
  const removals: string[] = [];
  const trees = withoutForeignFolder('/d', async () => isForeign, {
    removeTree: async (path) => {
      removals.push(`tree ${path}`);
      return { bytes: 0, failures: [] };
    },
    removeAside: async (path) => {
      removals.push(`aside ${path}`);
      return { bytes: 0, failures: [] };
    },
  });
  const { signal } = new AbortController();
  for (const path of ['/d', '/d/in', '/e']) {
    await trees.removeTree(path, '/', signal);
    await trees.removeAside(path, '/', signal);
  }
  expect(removals).toEqual(expected);
});
