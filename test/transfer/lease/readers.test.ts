import { DataPathInUse, LeaseNotAcquired } from '../../../src/errors';
import type { LeaseWorld } from '../../../src/transfer/lease/claims';
import { acquireLease } from '../../../src/transfer/lease/lease';
import {
  type Reader,
  type Readers,
  removeUnlessRead,
  takeUnlessUsed,
} from '../../../src/transfer/lease/readers';
import { parseLocation } from '../../../src/transfer/location';
import { LeaseServer, leaseWorld } from './lease-server';

const INPUT = parseLocation('/efs/inputs/run');
const { signal } = new AbortController();

let server: LeaseServer;
let records: Reader[];
let removed: string[];
beforeEach(() => {
  server = new LeaseServer();
  records = [];
  removed = [];
});

const readers: Readers = {
  add: async (location, execution) => void records.push({ execution, location }),
  around: async () => records,
  drop: async () => undefined,
};

const remove = async () => {
  removed.push('run');
  return removed.length;
};
const removeInput = (leases: LeaseWorld = leaseWorld(server), task = remove) =>
  removeUnlessRead(INPUT, { readers, leases }, signal, task);

/** Takes the lease of the input as a reader does, without a wait. */
const stage = (token: string) =>
  acquireLease(
    server.connect(),
    { name: 'run', signal, mayWait: () => false },
    leaseWorld(server, server.connect(), { token: () => token }),
  );

test('an input without readers is removed, and no claim is left', async () => {
  expect(await removeInput()).toBe(1);
  expect([server.claims.size, server.proposals.size]).toEqual([0, 0]);
});

test.each([
  ['the input itself', '/efs/inputs/run'],
  ['a file in the input', '/efs/inputs/run/a/b'],
  ['a folder around the input', '/efs/inputs/'],
])('an execution that reads %s keeps it', async (_, path) => {
  await readers.add(parseLocation(path), 'one');
  await readers.add(parseLocation(path), 'one');
  await readers.add(parseLocation(path), 'two');
  await expect(removeInput()).rejects.toThrow(DataPathInUse);
  await expect(removeInput()).rejects.toThrow('it is an input of one, two. ');
  expect(removed).toEqual([]);
});

test.each(['/efs/inputs/run-2', '/efs/inputs/other', '/elsewhere'])(
  'an execution that reads %s does not keep it',
  async (path) => {
    await readers.add(parseLocation(path), 'one');
    expect(await removeInput()).toBe(1);
  },
);

test('a reader that comes before the lease is taken keeps the input', async () => {
  const leases = leaseWorld(server);
  const open: LeaseWorld['open'] = async (location) => {
    await readers.add(INPUT, 'late');
    return leases.open(location);
  };
  await expect(removeInput({ ...leases, open })).rejects.toThrow('it is an input of late. ');
  expect(removed).toEqual([]);
  await (await stage('late')).check();
});

test('a removal that an execution prevents leaves the lease of a writer alone', async () => {
  const writer = await stage('writer');
  await readers.add(INPUT, 'one');
  await expect(removeInput()).rejects.toThrow(DataPathInUse);
  await writer.check();
});

test('a writer that holds the lease loses it', async () => {
  const writer = await stage('writer');
  await removeInput();
  await expect(writer.check()).rejects.toThrow('went to another writer');
});

test('a reader gets no lease during the removal, and keeps the lease that it gets after it', async () => {
  const leases = leaseWorld(server);
  const revoke = async () => {
    // The moment before the last revocation: the input is removed already.
    if (removed.length > 0) await expect(stage('early')).rejects.toThrow(LeaseNotAcquired);
    server.revoke();
  };
  await removeInput({ ...leases, revoke });
  await (await stage('next')).check();
});

test('a failed removal frees the lease', async () => {
  const fail = () => Promise.reject(new Error('EBUSY'));
  await expect(removeInput(leaseWorld(server), fail)).rejects.toThrow('EBUSY');
  await (await stage('next')).check();
});

describe('a location that is taken unless it is used', () => {
  const take = (leases: LeaseWorld = leaseWorld(server)) =>
    takeUnlessUsed(INPUT, { readers, leases }, signal, remove);

  test('stays with its reader, also while a writer has the lease', async () => {
    await stage('writer');
    await readers.add(INPUT, 'one');
    await expect(take()).rejects.toThrow(DataPathInUse);
    expect(removed).toEqual([]);
  });

  test('stays with a reader that comes before the lease is taken', async () => {
    const leases = leaseWorld(server);
    const open: LeaseWorld['open'] = async (location) => {
      await readers.add(INPUT, 'late');
      return leases.open(location);
    };
    await expect(take({ ...leases, open })).rejects.toThrow('it is an input of late');
    expect(removed).toEqual([]);
  });

  test('is free for the next reader only when its claims are gone', async () => {
    const revoke = async () => {
      await expect(stage('early')).rejects.toThrow(LeaseNotAcquired);
      server.revoke();
    };
    expect(await take({ ...leaseWorld(server), revoke })).toBe(1);
    expect([server.claims.size, server.proposals.size]).toEqual([0, 0]);
    await (await stage('next')).check();
  });

  test('stays with a writer, which keeps its lease', async () => {
    const lease = await stage('writer');
    await expect(take()).rejects.toThrow(LeaseNotAcquired);
    expect(removed).toEqual([]);
    await lease.check();
  });
});
