/** Events during a clean-up: another attempt begins, the execution is redriven, the event comes twice. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removingPathOf } from '../../../src/adapters/files/file-names';
import { FileTrees } from '../../../src/adapters/files/file-trees';
import { workingFiles } from '../../../src/adapters/files/working-files';
import { cleanUpAfter } from '../../../src/steps/clean-up-after';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { arnOf } from '../../events/worlds';
import { harvest, plant } from '../../transfer/folders';
import { ARN, EVENT, folder, functionCalled, STAGING, scratch, worldOf } from './worlds';

const OTHER = arnOf('run-1--2');

/** Attempt 2 finds the name free, and stages. */
async function begin() {
  await workingFiles().claimDirectory(scratch('run-1'), OTHER);
  plant(scratch('run-1/in'), { a: 'theirs' });
  mkdirSync(scratch('run-1/out'));
}

function expectUntouched() {
  expect(harvest(scratch('run-1'))).toMatchObject({ 'in/a': 'theirs' });
  expect(existsSync(scratch('run-1/out'))).toBe(true);
}

describe("another attempt's directory stays when it comes", () => {
  test('after this has seen its own there, which the same event, told twice, has removed', async () => {
    const world = await worldOf(STAGING);
    const trees = new FileTrees();
    const removeTree: typeof trees.removeTree = async (path, ...rest) => {
      if (path === scratch('far')) {
        rmSync(scratch('run-1'), { recursive: true });
        await begin();
      }
      return trees.removeTree(path, ...rest);
    };
    await cleanUpAfter(
      EVENT,
      Object.assign(world, { trees: { removeTree, removeAside: trees.removeAside } }),
    );
    expectUntouched();
    expect(existsSync(scratch('far'))).toBe(false);
  });

  test('while a removal that was cut short is ended', async () => {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure']);
    renameSync(scratch('run-1'), removingPathOf(scratch('run-1')));
    await world.use.readers.add(localLocation(scratch('run-1/in')), ARN);
    const trees = new FileTrees();
    const removeAside: typeof trees.removeAside = async (...args) => {
      if (!existsSync(scratch('run-1'))) await begin();
      return trees.removeAside(...args);
    };
    const { removeTree } = trees;
    await cleanUpAfter(EVENT, Object.assign(world, { trees: { removeTree, removeAside } }));
    expectUntouched();
    expect(readdirSync(scratch()).sort()).toEqual(['far', 'run-1']);
  });
});

describe('an execution that is redriven while its functions are waited for', () => {
  test.each([
    ['and runs', { status: 'RUNNING', redriveCount: 1 }],
    ['and has ended anew, of which there is another event', { status: 'FAILED', redriveCount: 1 }],
  ])('keeps everything: %s', async (_, now) => {
    const world = await worldOf(STAGING);
    world.executions.events.push(functionCalled(700));
    const { wait } = world.clock;
    world.clock.wait = async (ms) => {
      await wait(ms);
      if (world.clock.now() > 2_600_000) Object.assign(world.executions.kept.get(ARN) ?? {}, now);
    };
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'GOES_ON' });
    expect(existsSync(scratch('run-1/in/a'))).toBe(true);
    expect(existsSync(join(folder, 'scratch/far/b'))).toBe(true);
  });
});

describe("an input's removal that was cut short after it had moved it aside", () => {
  const aside = () => readdirSync(scratch()).filter((name) => name.endsWith('.removing'));

  test('is brought to its end', async () => {
    const world = await worldOf([...STAGING, 'CleanUpAfterFailure', 'DemandFailed']);
    rmSync(scratch('run-1'), { recursive: true });
    renameSync(scratch('far'), removingPathOf(scratch('far')));
    expect(await cleanUpAfter(EVENT, world)).toEqual({ status: 'REMOVED' });
    expect(aside()).toEqual([]);
  });

  test('is told of where that fails, and its reader is free', async () => {
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
