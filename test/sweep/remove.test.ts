/** Executions and readers that come while the sweeper works, and sweeps that are killed or run at once. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSweep } from '../../src/adapters/files/file-sweep';
import { workingFiles } from '../../src/adapters/files/working-files';
import { SET_ASIDE_NAME, type SweptFiles } from '../../src/sweep/files';
import { localLocation } from '../../src/transfer/schemes/file-systems';
import { harvest, plant, useFolder } from '../transfer/folders';
import { DAY_MS, EXECUTION, SweptWorld } from './worlds';

const folder = useFolder();
let world: SweptWorld;
beforeEach(() => {
  world = new SweptWorld(folder.path);
});

const at = (...names: string[]) => join(folder.path, ...names);
const files = (changes: Partial<SweptFiles>): SweptFiles => ({ ...fileSweep, ...changes });

test('an execution that is redriven between the move and the last check gets its directory back', async () => {
  world.direct('again', { a: 'x' });
  world.end('again', false);
  world.pass(31);
  world.onFence = () => {
    expect(existsSync(at('scratch/again'))).toBe(false);
    world.fates.set(`${EXECUTION}again`, { kind: 'running' });
  };
  expect(await world.sweep('scratch')).toMatchObject({ removed: {}, stays: { execution: 1 }, failures: [] });
  expect(readdirSync(at('scratch'))).toEqual(['again']);
  expect(harvest(at('scratch/again')).a).toBe('x');
});

test('an execution that is redriven between the survey and the move keeps its directory', async () => {
  world.direct('again', { a: 'x' });
  world.end('again', false);
  world.pass(31);
  let looks = 0;
  const ended = world.fates.get(`${EXECUTION}again`);
  const fates = { of: async () => (++looks === 1 && ended ? ended : ({ kind: 'running' } as const)) };
  world.onFence = () => {
    throw new Error('nothing was moved');
  };
  expect(await world.sweep('scratch', {}, { fates })).toMatchObject({ removed: {}, stays: { execution: 1 } });
  expect(harvest(at('scratch/again')).a).toBe('x');
});

test('a new execution of the same name begins in a directory of its own, and keeps it', async () => {
  world.direct('name', { old: 'x' });
  world.end('name');
  world.pass(16);
  world.onFence = async () => {
    expect(await workingFiles().claimDirectory(at('scratch/name'), `${EXECUTION}name--2`)).toBe(true);
  };
  expect((await world.sweep('scratch')).removed).toMatchObject({ working_directory: { count: 1 } });
  expect(harvest(at('scratch'))).toEqual({ 'name/.demand.owner': `${EXECUTION}name--2` });
});

test('a directory that changes its owner after the survey belongs to the new owner', async () => {
  world.direct('name', { old: 'x' });
  world.end('name');
  world.pass(16);
  world.fates.set(`${EXECUTION}name--2`, { kind: 'running' });
  const changing = files({
    setAside: async (volume, key) => {
      await rm(at('scratch/name'), { recursive: true });
      await workingFiles().claimDirectory(at('scratch/name'), `${EXECUTION}name--2`);
      return fileSweep.setAside(volume, key);
    },
  });
  expect(await world.sweep('scratch', {}, { files: changing })).toMatchObject({
    removed: {},
    stays: { execution: 1 },
  });
  expect(harvest(at('scratch'))).toEqual({ 'name/.demand.owner': `${EXECUTION}name--2` });
});

test('a directory whose name is taken before it can be put back stays beside it, and the report says so', async () => {
  world.direct('name', { old: 'x' });
  world.end('name', false);
  world.pass(31);
  world.onFence = async () => {
    world.fates.set(`${EXECUTION}name`, { kind: 'running' });
    await workingFiles().claimDirectory(at('scratch/name'), `${EXECUTION}name--2`);
  };
  const { removed, failures } = await world.sweep('scratch');
  expect(removed).toEqual({});
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({
    path: at('scratch/name'),
    reason: expect.stringContaining('.sweeping'),
  });
  expect(Object.values(harvest(at('scratch')))).toContain('x');
});

test('a temporary file that is written to after the survey stays', async () => {
  plant(at('tmp/work'), { a: 'x' });
  world.pass(20);
  world.onFence = () => {
    const [aside = ''] = readdirSync(at('tmp')).filter((name) => SET_ASIDE_NAME.test(name));
    writeFileSync(at('tmp', aside, 'work/b'), 'new');
  };
  expect(await world.sweep('tmp')).toMatchObject({ removed: {}, stays: { used_since: 1 } });
  expect(harvest(at('tmp'))).toEqual({ 'work/a': 'x', 'work/b': 'new' });
});

test('a reader that registers after the survey keeps its input', async () => {
  plant(at('shared/key'), { a: 'x' });
  world.pass(31);
  const registering = files({
    measure: async (volume, key, options) => {
      const measured = await fileSweep.measure(volume, key, options);
      await world.readers.add(localLocation(at('shared/key')), `${EXECUTION}comes`);
      return measured;
    },
  });
  const { removed, stays } = await world.sweep('shared', {}, { files: registering });
  expect({ removed, stays }).toEqual({ removed: {}, stays: { reader: 1 } });
  expect(harvest(at('shared'))).toEqual({ 'key/a': 'x' });
});

test('a reader that came and ended after the survey was a use', async () => {
  plant(at('shared/key'), { a: 'x' });
  world.pass(-1);
  const using = files({
    measure: async (volume, key, options) => {
      const measured = await fileSweep.measure(volume, key, options);
      await world.readers.add(localLocation(at('shared/key')), `${EXECUTION}comes`);
      await world.readers.drop(`${EXECUTION}comes`);
      return measured;
    },
  });
  const volume = { days_since_last_accessed: 0 };
  world.pass(1.5);
  expect(await world.sweep('shared', { volume }, { files: using })).toMatchObject({
    stays: { used_since: 1 },
  });
  expect(harvest(at('shared'))).toEqual({ 'key/a': 'x' });
});

test('a sweep that is killed at any step loses nothing that is in use', async () => {
  const steps = ['setAside', 'putBack', 'condemn', 'remove'] as const;
  for (const step of steps) {
    for (const when of ['before', 'after'] as const) {
      await rm(folder.path, { recursive: true });
      world = new SweptWorld(folder.path);
      world.direct('again', { a: 'x' });
      world.direct('done', { b: 'y' });
      world.end('again', false);
      world.end('done', false);
      world.pass(31);
      let isKilled = false;
      const killing = Object.fromEntries(
        steps.map((name) => [
          name,
          async (...args: never[]) => {
            const run = fileSweep[name] as (...given: never[]) => Promise<unknown>;
            const isHere = name === step;
            if (isKilled || (isHere && when === 'before')) return killed();
            const answer = await run(...args);
            return isHere ? killed() : answer;
          },
        ]),
      );
      const killed = () => {
        isKilled = true;
        return new Promise(() => undefined);
      };
      world.onFence = () => void world.fates.set(`${EXECUTION}again`, { kind: 'running' });
      const sweeping = world.sweep('scratch', {}, { files: files(killing) });
      while (!isKilled) await new Promise((resolve) => setTimeout(resolve, 1));
      await Promise.race([sweeping, new Promise((resolve) => setTimeout(resolve, 5))]);
      world.onFence = () => undefined;
      world.fates.set(`${EXECUTION}again`, { kind: 'running' });
      for (let day = 0; day < 3; day++) {
        world.pass(1);
        await world.sweep('scratch');
      }
      expect([step, when, harvest(at('scratch'))]).toEqual([
        step,
        when,
        { 'again/a': 'x', 'again/.demand.owner': `${EXECUTION}again` },
      ]);
    }
  }
});

test('two sweeps at once remove each unit once, and fail nowhere', async () => {
  for (let index = 0; index < 20; index++) {
    world.direct(`done-${index}`, { a: 'x', 'in/b': 'y' });
    world.end(`done-${index}`);
  }
  world.direct('runs', { a: 'x' });
  plant(at('shared'), Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}/a`, 'x'])));
  world.pass(31);
  const roles = ['scratch', 'shared', 'scratch', 'shared'] as const;
  const reports = await Promise.all(roles.map((role) => world.sweep(role)));
  expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
  const counts = reports.map(
    ({ removed }) => (removed.working_directory ?? removed.shared_input)?.count ?? 0,
  );
  expect([(counts[0] ?? 0) + (counts[2] ?? 0), (counts[1] ?? 0) + (counts[3] ?? 0)]).toEqual([20, 20]);
  expect(Object.keys(harvest(at('scratch'))).sort()).toEqual(['runs/.demand.owner', 'runs/a']);
  expect(readdirSync(at('shared'))).toEqual([]);
});

test('a stop while the sweep waits puts all directories back', async () => {
  for (const name of ['one', 'two']) {
    world.direct(name, { a: 'x' });
    world.end(name);
  }
  world.pass(16);
  const stop = new AbortController();
  world.onFence = () => stop.abort(new Error('stopped'));
  await expect(world.sweep('scratch', {}, { signal: stop.signal })).rejects.toThrow('stopped');
  expect(readdirSync(at('scratch')).sort()).toEqual(['one', 'two']);
});

test('the job of a stopped execution that still writes keeps its directory', async () => {
  world.direct('stopped', { a: 'x' });
  world.end('stopped', false);
  const { endedAt } = world.fates.get(`${EXECUTION}stopped`) as { endedAt: number };
  world.fates.set(`${EXECUTION}stopped`, {
    kind: 'ended',
    endedAt: endedAt - 40 * DAY_MS,
    hasSucceeded: false,
  });
  world.pass(29);
  expect(await world.sweep('scratch')).toMatchObject({ removed: {}, stays: { recent: 1 } });
  world.pass(2);
  world.onFence = () => {
    const [aside = ''] = readdirSync(at('scratch'));
    writeFileSync(at('scratch', aside, 'stopped/a'), 'more');
  };
  expect(await world.sweep('scratch')).toMatchObject({ removed: {}, stays: { used_since: 1 } });
  expect(harvest(at('scratch'))['stopped/a']).toBe('more');
});

test('the running executions are listed twice for all units that share a wait', async () => {
  plant(at('tmp'), Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`${index}`, 'x'])));
  world.pass(16);
  let lists = 0;
  const oldestBegin = async () => {
    lists++;
    return Number.POSITIVE_INFINITY;
  };
  const { removed } = await world.sweep('tmp', {}, { running: { oldestBegin } });
  // The first list is that of the survey.
  expect({ removed, lists }).toEqual({ removed: { temporary: { count: 10, bytes: 10 } }, lists: 3 });
});

test('an input goes also when the disk has no space for a folder to move it aside', async () => {
  plant(at('shared'), { 'key/a': 'x', file: 'y' });
  world.pass(31);
  const full = files({
    setAside: async () => {
      throw Object.assign(new Error('no space left on device, mkdir'), { code: 'ENOSPC' });
    },
  });
  expect(await world.sweep('shared', {}, { files: full })).toMatchObject({
    removed: { shared_input: { count: 2, bytes: 2 } },
    failures: [],
  });
  expect(readdirSync(at('shared'))).toEqual([]);
});
