import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import promises from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '../../../src/adapters/files/file-store';
import { S3Store } from '../../../src/adapters/s3/s3-store';
import { TransferMismatch } from '../../../src/errors';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { s3Location } from '../../../src/transfer/schemes/s3';
import type { Assembly, StoredFile } from '../../../src/transfer/store';
import { endpoint } from '../../api/endpoint';
import { useFolder } from '../../transfer/folders';
import { clientOf, useBucket } from '../s3/s3-world';

const MIB = 1024 ** 2;
const GRAIN = 64 * MIB;
/** One more grain than a call writes at once. */
const SIZE = 4 * GRAIN;
const folder = useFolder();
const bucket = useBucket();
const { signal } = new AbortController();
const PATIENT = { signal, mayStart: () => true, onBytes: () => undefined };

afterEach(() => jest.restoreAllMocks());

async function begin(store: FileStore): Promise<Assembly> {
  const at = (name: string) => localLocation(join(folder.path, name));
  mkdirSync(join(folder.path, 'in'));
  writeFileSync(join(folder.path, 'in/large'), '');
  truncateSync(join(folder.path, 'in/large'), SIZE);
  const file = (await store.stat(at('in/large'))) as StoredFile;
  const to = at('out/large');
  return { to, id: await store.assembler.begin(to, file), source: store, from: at('in/large'), file };
}

/** Ends another call, and writes 'mine' over the last bytes of its file. */
async function finishAndChange(store: FileStore, assembly: Assembly): Promise<void> {
  await store.assembler.copyRange(assembly, { from: 0, to: SIZE }, PATIENT);
  await store.assembler.finish(assembly);
  change();
}

function change(): void {
  const file = openSync(join(folder.path, 'out/large'), 'r+');
  writeSync(file, 'mine', SIZE - 4);
  closeSync(file);
}

/** A source whose first bytes wait for something. */
function sourceAfter(something: () => Promise<unknown>): Assembly['source'] {
  const source = {
    kind: 'late',
    ranges: { bytes: 8 * MIB, atOnce: 1 },
    async *readRange(_from: unknown, _file: unknown, range: { from: number; to: number }) {
      await something();
      yield Buffer.alloc(range.to - range.from);
    },
  };
  return source as unknown as Assembly['source'];
}

const expectOtherCallsFile = () => {
  expect(readFileSync(join(folder.path, 'out/large')).subarray(-4).toString()).toBe('mine');
  expect(statSync(join(folder.path, 'out/large')).size).toBe(SIZE);
};

test('a late call writes no grains into a file that another call has finished', async () => {
  const store = new FileStore({ root: folder.path, durable: false });
  const assembly = await begin(store);
  let others: Promise<unknown> | undefined;
  const source = sourceAfter(() => {
    others ??= finishAndChange(store, assembly);
    return others;
  });
  expect(await store.assembler.copyRange({ ...assembly, source }, { from: 0, to: SIZE }, PATIENT)).toBe(true);
  expectOtherCallsFile();
});

test('a late call writes no grains while the marks of a finished file are removed', async () => {
  const store = new FileStore({ root: folder.path, durable: false });
  const assembly = await begin(store);
  const [halfway, late] = [Promise.withResolvers<void>(), Promise.withResolvers<unknown>()];
  const { rm } = promises;
  jest.spyOn(promises, 'rm').mockImplementationOnce(async (path, options) => {
    const last = readdirSync(String(path)).filter((name) => Number(name.split('-')[0]) >= 3 * GRAIN);
    for (const name of last) rmSync(join(String(path), name));
    change();
    halfway.resolve();
    await late.promise;
    await rm(path, options);
  });
  let others: Promise<unknown> | undefined;
  const source = sourceAfter(() => {
    others ??= finishAndChange(store, assembly);
    return halfway.promise;
  });
  late.resolve(await store.assembler.copyRange({ ...assembly, source }, { from: 0, to: SIZE }, PATIENT));
  expectOtherCallsFile();
  await others;
  expect(readdirSync(join(folder.path, 'out'))).toEqual(['large']);
});

test('a part of a changed source is not sent: another call could finish the object with it', async () => {
  const store = new FileStore({ root: folder.path, durable: false });
  const target = new S3Store(clientOf(endpoint()));
  const path = join(folder.path, 'large');
  writeFileSync(path, Buffer.alloc(20 * MIB, 'old'));
  const from = localLocation(path);
  const to = s3Location(bucket.name, 'large');
  const file = (await store.stat(from)) as StoredFile;
  const id = await target.assembler.begin(to);
  const assembly = { to, id, source: store, from, file };
  const half = 8 * MIB;
  await target.assembler.copyRange(assembly, { from: 0, to: half }, PATIENT);
  const mayStart = () => {
    writeFileSync(path, Buffer.alloc(20 * MIB, 'new'));
    return true;
  };
  const copy = target.assembler.copyRange(assembly, { from: half, to: file.size }, { ...PATIENT, mayStart });
  await expect(copy).rejects.toThrow(TransferMismatch);
  expect(await target.assembler.finish(assembly)).toBe('missing');
  await target.assembler.abandon(to, id);
});
