import { Readable } from 'node:stream';
import { TransferMismatch } from '../../../src/errors';
import { copyFile } from '../../../src/transfer/copy/copy-file';
import { parseLocation } from '../../../src/transfer/location';
import type { Store } from '../../../src/transfer/store';
import type { Transfer } from '../../../src/transfer/transfer';
import { syncRequest } from '../folders';
import { MemoryStore } from '../memory/store';

const FROM = parseLocation('s3://bucket/in/');
const TO = parseLocation('s3://bucket/out/');
const { signal } = new AbortController();

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
  store.objects.set('s3://bucket/in/a', Buffer.from('content'));
});

async function copy(changes: { source?: Store; target?: Store } = {}, until = signal) {
  const file = { ...(await store.stat(parseLocation('s3://bucket/in/a')))!, key: 'a' };
  const transfer: Transfer = {
    request: syncRequest({ source_path: 's3://bucket/in/', destination_path: 's3://bucket/out/' }),
    source: store,
    target: store,
    from: FROM,
    to: TO,
    files: [file],
    isFolder: true,
    ...changes,
  };
  let bytes = 0;
  await copyFile(transfer, file, until, (more) => {
    bytes += more;
  });
  return bytes;
}

/** The same store, with other methods. */
const storeWith = (changes: Partial<Store>): Store => Object.assign(Object.create(store), changes);

test('the bytes pass through and are counted', async () => {
  expect(await copy()).toBe(7);
  expect(String(store.objects.get('s3://bucket/out/a'))).toBe('content');
});

test('a target that copies from the source reads no content', async () => {
  const copyFrom = jest.fn(async () => true);
  const read = jest.fn();
  const source = storeWith({ read });
  await copy({ source, target: storeWith({ copyFrom }) });
  const file = expect.objectContaining({ key: 'a', size: 7 });
  const [from, to] = ['s3://bucket/in/a', 's3://bucket/out/a'].map(parseLocation);
  expect(copyFrom).toHaveBeenCalledWith(source, from, file, to, signal, expect.any(Function));
  expect(read).not.toHaveBeenCalled();
});

test('a target that cannot copy from the source gets the content', async () => {
  expect(await copy({ target: storeWith({ copyFrom: async () => false }) })).toBe(7);
  expect(String(store.objects.get('s3://bucket/out/a'))).toBe('content');
});

test('an error of a store keeps its name, and names both locations', async () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDenied' });
  const target = storeWith({ write: () => Promise.reject(denied) });
  const message = 'no (copying s3://bucket/in/a to s3://bucket/out/a)';
  await expect(copy({ target })).rejects.toMatchObject({ name: 'AccessDenied', message, cause: denied });
});

test('an error of this package is thrown as it is', async () => {
  const mismatch = new TransferMismatch('changed');
  await expect(copy({ target: storeWith({ write: () => Promise.reject(mismatch) }) })).rejects.toBe(mismatch);
});

test('a failed write closes the content', async () => {
  const content = Readable.from(['content']);
  const source = storeWith({ read: () => content });
  const target = storeWith({ write: () => Promise.reject(new Error('EIO')) });
  await expect(copy({ source, target })).rejects.toThrow('EIO');
  expect(content.destroyed).toBe(true);
});

test('content that fails before the write starts fails the copy only', async () => {
  const content = new Readable({ read: () => undefined });
  const source = storeWith({ read: () => content });
  const write: Store['write'] = async (location, given, size, until) => {
    content.destroy(new Error('reset'));
    await new Promise(setImmediate);
    await store.write(location, given, size, until);
  };
  await expect(copy({ source, target: storeWith({ write }) })).rejects.toThrow('reset');
});

test('an abort is thrown with its own reason', async () => {
  const stop = new AbortController();
  const write = () => {
    stop.abort(new Error('cancelled'));
    return Promise.reject(new Error('closed'));
  };
  await expect(copy({ target: storeWith({ write }) }, stop.signal)).rejects.toThrow(/^cancelled$/);
});
