import { NFS_LEASE } from '../../../src/transfer/lease/claims';

/** Milliseconds for which an NFS client may show old attributes: the default of `acregmax` in nfs(5). */
const ATTRIBUTE_CACHE_MS = 60_000;

test('a renewal in time is in time for a reader whose attributes are as old as NFS allows', () => {
  const renewedEvery = NFS_LEASE.ttlMs / 3;
  expect(NFS_LEASE.ttlMs).toBeGreaterThan(renewedEvery + ATTRIBUTE_CACHE_MS);
});

test('the grace covers the attribute cache, so a holder whose time is over has seen it before another writer begins', () => {
  expect(NFS_LEASE.graceMs).toBeGreaterThanOrEqual(ATTRIBUTE_CACHE_MS);
});

test('a waiting writer looks many times before a lease can run out, and waits longer than a lease can last', () => {
  expect(NFS_LEASE.pollMs).toBeLessThanOrEqual(NFS_LEASE.ttlMs / 10);
  expect(NFS_LEASE.maxWaitMs).toBeGreaterThan(NFS_LEASE.ttlMs + NFS_LEASE.graceMs);
});
