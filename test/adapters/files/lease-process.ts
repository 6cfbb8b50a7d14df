/**
 * A process that takes leases. `file-leases.test.ts` bundles and starts it.
 *
 * `hold FOLDER TIMES` takes the lease on FOLDER/data TIMES times, and logs each begin and end to FOLDER/log.
 * `copy FOLDER TTL` copies two files to FOLDER/data. The content of the second file waits for FOLDER/go.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { fileLeases } from '../../../src/adapters/files/file-leases';
import { FileStore } from '../../../src/adapters/files/file-store';
import { acquireLease } from '../../../src/transfer/lease/lease';
import { readDataSyncRequest } from '../../../src/transfer/request';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { S3 } from '../../../src/transfer/schemes/s3';
import type { Store } from '../../../src/transfer/store';
import { syncData } from '../../../src/transfer/sync';

const [verb, folder = '', number = ''] = process.argv.slice(2);
const mounts = [{ path: folder, fileSystemId: 'fs-1', root: '/' }];
const signal = new AbortController().signal;

async function hold(): Promise<void> {
  // No lease expires here, even on a slow machine.
  const leases = fileLeases({
    mounts,
    settings: { ttlMs: 60_000, graceMs: 60_000, pollMs: 1, maxWaitMs: 60_000 },
  });
  const claims = await leases.open(localLocation(join(folder, 'data')));
  // A line is one append, and the kernel does not mix appends.
  const log = (what: string) => appendFileSync(join(folder, 'log'), `${what} ${process.pid}\n`);
  for (let time = 0; time < Number(number); time++) {
    const lease = await acquireLease(claims, { name: 'data', signal, mayWait: () => true }, leases);
    await lease.check();
    log('enter');
    await setTimeout(time % 3);
    await lease.check();
    log('leave');
    await lease.release();
  }
}

/** A source of two files. The content of the second file has to be awaited. */
const source: Store = {
  stat: async () => undefined,
  exists: async () => true,
  async *list() {
    yield { key: 'first', size: 1 };
    yield { key: 'second', size: 1 };
  },
  read: (_, { key }) =>
    Readable.from(
      (async function* () {
        if (key === 'second') {
          process.stdout.write('held\n');
          while (!existsSync(join(folder, 'go'))) await setTimeout(5);
        }
        yield Buffer.from('x');
      })(),
    ),
  write: async () => undefined,
  remove: async () => undefined,
};

async function copy(): Promise<void> {
  const ttlMs = Number(number);
  const files = new FileStore({ root: folder, durable: false });
  const request = readDataSyncRequest({
    source_path: 's3://bucket/in/',
    destination_path: join(folder, 'data'),
    max_concurrency: 1,
    require_lock: true,
  });
  await syncData(request, undefined, {
    stores: { open: ({ scheme }) => (scheme === S3 ? source : files) },
    signal,
    settings: { mounts },
    time: { remainingMs: () => Number.POSITIVE_INFINITY },
    report: () => undefined,
    leases: fileLeases({ mounts, settings: { ttlMs, graceMs: ttlMs / 3, pollMs: 5, maxWaitMs: 60_000 } }),
  });
}

(verb === 'hold' ? hold() : copy()).then(
  () => process.stdout.write('done\n'),
  (error) => process.stdout.write(`${error.name}\n`),
);
