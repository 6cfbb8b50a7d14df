/** Leases in a real folder, with real processes. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileLeases } from '../../../src/adapters/files/file-leases';
import { FileStore } from '../../../src/adapters/files/file-store';
import { LeaseLost, LeaseNotAcquired, UnsafePath } from '../../../src/errors';
import type { LeaseWorld } from '../../../src/transfer/lease/claims';
import { acquireLease } from '../../../src/transfer/lease/lease';
import { efsLocation, localLocation } from '../../../src/transfer/schemes/file-systems';
import { waitUntil } from '../../cli/waiting';
import { harvest, plant, useFolder } from '../../transfer/folders';

/** Milliseconds: long enough for a child to renew in time on a busy machine, and short enough for a test. */
const TTL_MS = 600;
const HOUR_MS = 3_600_000;
const SHORT = { ttlMs: TTL_MS, graceMs: TTL_MS / 3, pollMs: 5, maxWaitMs: 60_000 };

const folder = useFolder();
const signal = new AbortController().signal;
const data = () => localLocation(join(folder.path, 'data'));
const leasesOf = (root = folder.path): LeaseWorld =>
  fileLeases({ mounts: [{ path: root, fileSystemId: 'fs-1', root: '/' }], settings: SHORT });

async function acquire(mayWait: boolean, location: Parameters<LeaseWorld['open']>[0] = data()) {
  const leases = leasesOf();
  return acquireLease(await leases.open(location), { name: 'data', signal, mayWait: () => mayWait }, leases);
}

describe('in one process', () => {
  test('excludes other holders by every spelling of the path', async () => {
    const lease = await acquire(false);
    for (const path of [`${data().path}/`, `${folder.path}//x/../data`.replace('x/../', './')])
      await expect(acquire(false, localLocation(path))).rejects.toThrow(LeaseNotAcquired);
    await expect(acquire(false, efsLocation('fs-1', '/data'))).rejects.toThrow(LeaseNotAcquired);
    await (await acquire(false, localLocation(`${folder.path}/data-2`))).release();
    await lease.release();
    await (await acquire(false)).release();
  });

  test('is outside of listings and removals of the data', async () => {
    const lease = await acquire(false);
    plant(folder.path, { 'data/a': '1' });
    expect(readdirSync(join(folder.path, 'data'))).toEqual(['a']);
    const listed: string[] = [];
    for await (const { key } of new FileStore({ root: folder.path }).list(localLocation(folder.path), signal))
      listed.push(key);
    expect(listed).toEqual(['data/a']);
    await lease.release();
    const left = Object.keys(harvest(join(folder.path, '.demand.leases')));
    expect(left).toEqual([expect.stringMatching(/^[0-9a-f]{12}\/1\.claim$/)]);
  });

  test('a repeated claim is held: it finds its own token', async () => {
    const claims = await leasesOf().open(data());
    for (const token of ['one', 'two']) await claims.propose(token, TTL_MS);
    expect(await claims.claim('one', 7)).toBe(true);
    expect(await claims.claim('one', 7)).toBe(true);
    expect(await claims.claim('two', 7)).toBe(false);
    expect(await claims.read(7)).toMatchObject({ generation: 7, token: 'one', isReleased: false });
    expect(await claims.look()).toEqual({ generations: [7], tokens: ['one', 'two'] });
    await claims.release('one');
    expect(await claims.read(7)).toMatchObject({ token: 'one', isReleased: true });
    expect(await claims.look()).toEqual({ generations: [7], tokens: ['two'] });
  });

  test('a stale handle is opened again, a few times', async () => {
    const lease = await acquire(false);
    const stale = Object.assign(new Error('stale file handle'), { code: 'ESTALE' });
    const readdir = jest.spyOn(promises, 'readdir').mockRejectedValueOnce(stale).mockRejectedValueOnce(stale);
    await lease.check();
    readdir.mockRejectedValue(stale);
    await expect(lease.check()).rejects.toThrow('stale file handle');
    readdir.mockRestore();
    await lease.check();
    await lease.release();
  });

  test('a lease does not follow a link out of the file system', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    symlinkSync(outside, join(folder.path, 'link'));
    await expect(acquire(false, localLocation(join(folder.path, 'link/data')))).rejects.toThrow(UnsafePath);
    rmSync(outside, { recursive: true });
  });

  test('is lost when its path, or a folder above it, is removed', async () => {
    const location = localLocation(join(folder.path, 'work/in/x'));
    const lease = await acquire(false, location);
    await leasesOf().revoke(localLocation(join(folder.path, 'work')));
    await leasesOf().revoke(localLocation(join(folder.path, 'absent')));
    const next = await acquire(false, location);
    await expect(lease.check()).rejects.toThrow(LeaseLost);
    await lease.release();
    await next.check();
    expect(readdirSync(join(folder.path, '.demand.leases'))).toHaveLength(1);
  });

  test('a guarded store keeps a file back when the commit is refused', async () => {
    const lease = await acquire(false);
    const stores = [
      new FileStore({ root: folder.path }),
      new FileStore({ root: folder.path, durable: false }),
    ];
    plant(folder.path, { source: 'content', 'data/a': 'old' });
    const [from, to] = ['source', 'data/a'].map((key) => localLocation(join(folder.path, key))) as [
      ReturnType<typeof data>,
      ReturnType<typeof data>,
    ];
    await leasesOf().revoke(data());
    for (const store of stores) {
      const guarded = store.guardedBy(() => lease.check());
      const listed = (await store.stat(from))!;
      await expect(guarded.write(to, store.read(from, listed, signal), 7, signal)).rejects.toThrow(LeaseLost);
      await expect(guarded.copyFrom(store, from, listed, to, signal)).rejects.toThrow(LeaseLost);
    }
    expect(harvest(join(folder.path, 'data'))).toEqual({ a: 'old' });
  });
});

describe('between processes', () => {
  let bundle: string;
  const running = new Set<ChildProcess>();

  beforeAll(() => {
    bundle = join(mkdtempSync(join(tmpdir(), 'lease-process-')), 'process.cjs');
    const esbuild = join(__dirname, '../../../node_modules/.bin/esbuild');
    const entry = join(__dirname, 'lease-process.ts');
    execFileSync(esbuild, [entry, '--bundle', '--platform=node', `--outfile=${bundle}`, '--log-level=error']);
  });
  afterAll(() => rmSync(join(bundle, '..'), { recursive: true }));
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
  });

  function start(verb: 'hold' | 'copy', number: number) {
    const child = spawn(process.execPath, [bundle, verb, folder.path, `${number}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.add(child);
    let told = '';
    child.stdout.on('data', (chunk) => {
      told += chunk;
    });
    const ended = new Promise<string>((resolve) => child.once('close', () => resolve(told)));
    return { child, ended, isHolding: () => waitUntil('a holder', () => told.includes('held')) };
  }

  test('400 holds of four processes do not overlap', async () => {
    const [processes, times] = [4, 100];
    const ended = await Promise.all(Array.from({ length: processes }, () => start('hold', times).ended));
    expect(ended).toEqual(Array(processes).fill('done\n'));
    const lines = readFileSync(join(folder.path, 'log'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(2 * processes * times);
    const overlaps = lines.filter((line, index) => {
      const [what, pid] = line.split(' ');
      return what === 'enter' ? index % 2 !== 0 : lines[index - 1] !== `enter ${pid}`;
    });
    expect(overlaps).toEqual([]);
    const holders = lines.filter((_, index) => index % 2 === 0).map((line) => line.split(' ')[1]);
    const turns = holders.filter((pid, index) => pid !== holders[index - 1]).length;
    // The processes have competed: without competition the number would be 4.
    expect(turns).toBeGreaterThan(processes);
  });

  test.each([
    ['its own clock shows the expiry', () => setTimeout(1.5 * TTL_MS)],
    ['another process has the lease', () => acquire(true)],
  ])('a process that was stopped past its expiry writes no more: %s', async (_, stopped) => {
    const { child, ended, isHolding } = start('copy', TTL_MS);
    await isHolding();
    child.kill('SIGSTOP');
    const other = await stopped();
    writeFileSync(join(folder.path, 'go'), '');
    child.kill('SIGCONT');
    expect(await ended).toBe('held\nLeaseLost\n');
    expect(readdirSync(join(folder.path, 'data'))).toEqual(['first']);
    await other?.release();
  });

  test('the lease of a killed process expires, and another process continues its work', async () => {
    // So long that only an older time of its claim ends it, whatever else the machine does.
    const { child, ended, isHolding } = start('copy', HOUR_MS);
    await isHolding();
    child.kill('SIGKILL');
    await ended;
    await expect(acquire(false)).rejects.toThrow(LeaseNotAcquired);
    const [own = ''] = readdirSync(join(folder.path, '.demand.leases'));
    const before = Date.now() / 1_000 - (2 * HOUR_MS) / 1_000;
    utimesSync(join(folder.path, '.demand.leases', own, '1.claim'), before, before);
    writeFileSync(join(folder.path, 'go'), '');
    expect(await start('copy', HOUR_MS).ended).toBe('held\ndone\n');
    expect(harvest(join(folder.path, 'data'))).toMatchObject({ first: 'x', second: 'x' });
  });
});

test('a folder without the right to write fails with its path', async () => {
  mkdirSync(join(folder.path, 'file-in-the-way'), { recursive: true });
  writeFileSync(join(folder.path, '.demand.leases'), '');
  await expect(acquire(false)).rejects.toThrow(UnsafePath);
});
