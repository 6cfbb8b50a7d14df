import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLease } from '../../src/transfer/lease/lease';
import { localLocation } from '../../src/transfer/schemes/file-systems';
import { harvest, plant, useFolder } from '../transfer/folders';
import { DAY_MS, EXECUTION, SweptWorld } from './worlds';

const folder = useFolder();
let world: SweptWorld;
beforeEach(() => {
  world = new SweptWorld(folder.path);
});

const at = (...names: string[]) => join(folder.path, ...names);
const names = (volume: string) => readdirSync(at(volume)).sort();

describe('scratch', () => {
  test('the directory of an execution goes so many days after its end, with its size in the report', async () => {
    world.direct('done', { 'out/a': 'four' });
    world.end('done');
    world.pass(14.9);
    expect(await world.sweep('scratch')).toMatchObject({ removed: {}, stays: { recent: 1 } });
    world.pass(0.2);
    const owner = `${EXECUTION}done`.length;
    expect(await world.sweep('scratch')).toMatchObject({
      removed: { working_directory: { count: 1, bytes: 4 + owner } },
      stays: {},
      failures: [],
      examples: [at('scratch/done')],
    });
    expect(names('scratch')).toEqual([]);
  });

  test('the directory of a running execution stays, whatever its age and size', async () => {
    world.direct('runs', { big: 'x'.repeat(1_000) });
    world.pass(400);
    const volume = { max_size_bytes: 0 };
    expect(await world.sweep('scratch', { volume })).toMatchObject({ removed: {}, stays: { execution: 1 } });
    expect(existsSync(at('scratch/runs/big'))).toBe(true);
  });

  test('the directory of an execution whose fate is unknown stays', async () => {
    world.direct('unclear');
    world.fates.set(`${EXECUTION}unclear`, { kind: 'unknown' });
    world.pass(400);
    expect(await world.sweep('scratch')).toMatchObject({ removed: {}, stays: { unknown: 1 } });
  });

  test('the clean-up of an ended execution is not disturbed', async () => {
    world.direct('done');
    world.end('done');
    world.pass(0.2);
    const volume = { days_since_last_accessed: 0 };
    expect(await world.sweep('scratch', { volume })).toMatchObject({ removed: {}, stays: { execution: 1 } });
    world.pass(0.1);
    expect((await world.sweep('scratch', { volume })).removed).toMatchObject({
      working_directory: { count: 1 },
    });
  });

  test('the directory of a failed execution stays as long as a kept one', async () => {
    world.direct('failed');
    world.end('failed', false);
    world.pass(29);
    expect(await world.sweep('scratch')).toMatchObject({ removed: {}, stays: { recent: 1 } });
    world.pass(1);
    expect((await world.sweep('scratch')).removed).toMatchObject({ kept_directory: { count: 1 } });
  });

  test('a kept directory goes by the age of its record, and the record goes with it', async () => {
    world.direct('kept', { 'out/a': 'x' });
    world.end('kept', false);
    const { kept } = world.world();
    const since = world.now() + DAY_MS;
    await kept.note({
      directory: at('scratch/kept'),
      execution: `${EXECUTION}kept`,
      since,
      reason: 'its outputs',
      outputs: ['out'],
    });
    world.pass(30.5);
    expect(await world.sweep('scratch')).toMatchObject({ removed: {}, stays: { recent: 1 } });
    world.pass(1);
    expect((await world.sweep('scratch')).removed).toMatchObject({ kept_directory: { count: 1 } });
    expect(await kept.list()).toEqual([]);
    expect(readdirSync(at('.demand.kept'))).toEqual([]);
  });

  test('a directory of an execution that Step Functions has forgotten goes after any execution must have ended', async () => {
    world.direct('old');
    world.fates.clear();
    world.pass(16.9);
    expect(await world.sweep('scratch', { kept_days: 1 })).toMatchObject({ stays: { execution: 1 } });
    world.pass(0.2);
    expect((await world.sweep('scratch', { kept_days: 1 })).removed).toMatchObject({
      kept_directory: { count: 1 },
    });
  });

  test('an attempt that was set aside goes with its execution', async () => {
    world.direct('again', {}, 'again--2');
    world.direct('again.attempt-1', { a: 'x' }, 'again');
    world.end('again', false);
    world.pass(31);
    await world.sweep('scratch');
    expect(names('scratch')).toEqual(['again']);
  });

  test('an entry without an owner stays, unless the request gives it an age', async () => {
    plant(at('scratch/whose'), { a: 'x' });
    world.pass(400);
    expect(await world.sweep('scratch')).toMatchObject({ removed: {}, stays: { unknown: 1 } });
    expect((await world.sweep('scratch', { unowned: true })).removed).toEqual({
      unowned: { count: 1, bytes: 1 },
    });
  });

  test('the folder of temporary files inside scratch is no directory of an execution', async () => {
    plant(at('scratch/tmp'), { a: 'x' });
    world.pass(400);
    expect(await world.sweep('scratch', { unowned: true })).toMatchObject({ removed: {}, stays: {} });
    expect(existsSync(at('scratch/tmp/a'))).toBe(true);
  });

  test('a half made directory goes after a day', async () => {
    plant(at('scratch/demand.0123456789ab.partial'), { a: 'x' });
    world.pass(0.9);
    await world.sweep('scratch');
    expect(names('scratch')).toHaveLength(1);
    world.pass(0.2);
    expect((await world.sweep('scratch')).removed).toEqual({ partial: { count: 1, bytes: 1 } });
    expect(names('scratch')).toEqual([]);
  });

  test('above its most bytes, the least recently used directory goes before its age', async () => {
    world.direct('older', { a: 'x'.repeat(500) });
    world.end('older');
    world.pass(1);
    world.direct('newer', { a: 'x'.repeat(500) });
    world.end('newer');
    world.pass(1);
    const volume = { max_size_bytes: 900 };
    expect(await world.sweep('scratch', { volume })).toMatchObject({
      removed: { working_directory: { count: 1 } },
    });
    expect(names('scratch')).toEqual(['newer']);
  });
});

describe('shared', () => {
  const input = (name = 'key') => localLocation(at('shared', name));

  beforeEach(() => {
    plant(at('shared'), { 'key/a': 'abc', single: 'de' });
  });

  test('an input goes so many days after its last change, when no execution has used it', async () => {
    world.pass(29);
    expect(await world.sweep('shared')).toMatchObject({ removed: {}, stays: { recent: 2 } });
    world.pass(2);
    expect((await world.sweep('shared')).removed).toEqual({ shared_input: { count: 2, bytes: 5 } });
    expect(names('shared')).toEqual([]);
  });

  test('the end of a reader is a use', async () => {
    await world.readers.add(input(), `${EXECUTION}reads`);
    await world.readers.drop(`${EXECUTION}reads`);
    const record = at('.demand.leases/used', readdirSync(at('.demand.leases/used'))[0] ?? '');
    const used = Date.now() / 1_000 + 20 * 24 * 3_600;
    utimesSync(record, used, used);
    world.pass(40);
    expect(await world.sweep('shared')).toMatchObject({ stays: { recent: 1 } });
    expect(names('shared')).toEqual(['key']);
    world.pass(11);
    await world.sweep('shared');
    expect(names('shared')).toEqual([]);
    expect(readdirSync(at('.demand.leases/used'))).toEqual([]);
  });

  test('an input of a running execution stays, whatever its age and size', async () => {
    await world.readers.add(input(), `${EXECUTION}reads`);
    world.fates.set(`${EXECUTION}reads`, { kind: 'running' });
    world.pass(16);
    const volume = { max_size_bytes: 0, days_since_last_accessed: 1 };
    expect(await world.sweep('shared', { volume })).toMatchObject({ stays: { reader: 1 } });
    expect(names('shared')).toEqual(['key']);
  });

  test('the record of an ended reader is dropped, and its input counts as used until then', async () => {
    await world.readers.add(input(), `${EXECUTION}left`);
    world.end('left');
    world.pass(16);
    const volume = { days_since_last_accessed: 10 };
    await world.sweep('shared', { volume });
    expect(readdirSync(at('.demand.leases/readers'))).toEqual([]);
    expect(names('shared')).toEqual(['key']);
  });

  test('a live lease in an input keeps the input', async () => {
    const { leases } = world;
    const options = { name: 'range', signal: new AbortController().signal, mayWait: () => false };
    world.pass(31);
    const lease = await acquireLease(
      await leases.open(localLocation(at('shared/key/range-1'))),
      options,
      leases,
    );
    const soon = world.now() / 1_000;
    for (const file of readdirSync(at('.demand.leases'), { recursive: true, withFileTypes: true }))
      if (file.isFile()) utimesSync(join(file.parentPath, file.name), soon, soon);
    expect(await world.sweep('shared')).toMatchObject({ stays: { lease: 1 } });
    expect(names('shared')).toEqual(['key']);
    await lease.release();
  });

  test('old partial files go from inputs that stay, and files of a job that look like them stay', async () => {
    plant(at('shared/key'), {
      '.0123456789ab.0123456789ab.partial': 'part',
      'mine.0123456789ab.partial': 'mine',
    });
    world.pass(2);
    expect((await world.sweep('shared')).removed).toEqual({ partial: { count: 1, bytes: 4 } });
    expect(Object.keys(harvest(at('shared'))).sort()).toEqual([
      'key/a',
      'key/mine.0123456789ab.partial',
      'single',
    ]);
  });

  test('an unfinished assembly stays as long as an execution can be redriven', async () => {
    plant(at('shared/.demand.partial/begun'), { content: 'half', '0-4': '' });
    world.pass(14.5);
    expect((await world.sweep('shared')).removed).toEqual({});
    world.pass(1);
    expect((await world.sweep('shared')).removed).toEqual({ assembly: { count: 1, bytes: 4 } });
  });
});

describe('tmp', () => {
  test('a file goes by its age, when no running execution can have made it', async () => {
    plant(at('tmp'), { a: 'x' });
    world.runningSince = Date.now() - 1_000;
    world.pass(20);
    expect(await world.sweep('tmp')).toMatchObject({ removed: {}, stays: { running: 1 } });
    world.runningSince = new Error('throttled');
    expect(await world.sweep('tmp')).toMatchObject({ removed: {}, stays: { unknown: 1 } });
    world.runningSince = world.now() - DAY_MS;
    expect((await world.sweep('tmp')).removed).toEqual({ temporary: { count: 1, bytes: 1 } });
  });

  test('an old mtime is no old file: the ctime tells when the file came', async () => {
    plant(at('tmp'), { unpacked: 'x' });
    utimesSync(at('tmp/unpacked'), 1, 1);
    world.pass(1);
    expect(await world.sweep('tmp')).toMatchObject({ removed: {}, stays: { recent: 1 } });
  });

  test('a folder in use is divided down to the deepest level', async () => {
    plant(at('tmp/user'), { 'old/a': 'x', 'old/b': 'x' });
    world.pass(20);
    await mkdir(at('tmp/user/new'));
    const soon = world.now() / 1_000;
    writeFileSync(at('tmp/user/new/c'), 'x');
    utimesSync(at('tmp/user/new/c'), soon, soon);
    expect((await world.sweep('tmp')).removed).toEqual({});
    expect((await world.sweep('tmp', { volume: { max_depth: 2 } })).removed).toEqual({
      temporary: { count: 1, bytes: 2 },
    });
    expect(Object.keys(harvest(at('tmp')))).toEqual(['user/new/c']);
  });

  test('a name that is not UTF-8 is removed as any other', async () => {
    await mkdir(at('tmp'));
    writeFileSync(Buffer.concat([Buffer.from(at('tmp/')), Buffer.from([0xff, 0x61])]), 'x');
    world.pass(20);
    expect((await world.sweep('tmp')).removed).toEqual({ temporary: { count: 1, bytes: 1 } });
    expect(names('tmp')).toEqual([]);
  });

  test('a link is removed, and its target stays', async () => {
    plant(at('outside'), { a: 'x' });
    await mkdir(at('tmp'));
    const { symlinkSync } = await import('node:fs');
    symlinkSync(at('outside'), at('tmp/link'));
    world.pass(20);
    await world.sweep('tmp');
    expect(names('tmp')).toEqual([]);
    expect(Object.keys(harvest(at('outside')))).toEqual(['a']);
  });
});
