import { TransferMismatch } from '../../../src/errors';
import { abandonAll, assembleRange, finishLarge } from '../../../src/transfer/copy/assemble';
import { type Location, textOf } from '../../../src/transfer/location';
import type { Assembler, Store, StoredFile } from '../../../src/transfer/store';
import type { Transfer } from '../../../src/transfer/transfer';
import { syncRequest, worldOf } from '../folders';
import { MemoryStore } from '../memory/store';

const FILE: StoredFile = { key: '', size: 100, version: 'v1' };
const RANGE = { from: 20, to: 60, size: 100, version: 'v1', assembly: 'id-1' };

let finished: string[];
let store: Store & { assembler?: Assembler };
beforeEach(() => {
  finished = [];
  store = new MemoryStore();
});

/** An assembler whose calls copy this many bytes, and then answer so. */
function assemblerOf(
  bytes: readonly number[],
  isComplete = true,
  end: 'done' | 'missing' = 'done',
): Assembler {
  return {
    grainOf: () => 20,
    begin: async () => 'id-1',
    find: async (_, { key }) => (key === 'lost' ? undefined : 'id-1'),
    copyRange: async (_assembly, _range, { onBytes }) => {
      for (const each of bytes) onBytes(each);
      return isComplete;
    },
    finish: async ({ to, id, file }) => {
      finished.push(`${textOf(to)} ${id}`);
      if (store instanceof MemoryStore) store.objects.set(textOf(to), Buffer.alloc(file.size));
      return end;
    },
    abandon: async () => undefined,
  };
}

function transferOf(assembler: Assembler | undefined, fields = {}, files = [FILE]): Transfer {
  const request = syncRequest({
    source_path: '/in/large',
    destination_path: 's3://bucket/large',
    byte_range: RANGE,
    ...fields,
  });
  if (assembler !== undefined) store.assembler = assembler;
  const { sourcePath: from, destinationPath: to } = request;
  return { request, source: store, target: store, from, to, files, isFolder: files[0]?.key !== '' };
}

const world = (changes = {}) => worldOf({ open: () => store }, changes);

describe('a range', () => {
  test.each([
    ['completes the file', [20, 20], 'done', 1],
    ['leaves ranges to other calls', [20, 20], 'missing', 0],
    ['was copied by another call, which completed the file', [], 'done', 0],
  ] as const)('that %s', async (_, bytes, end, filesTransferred) => {
    const outcome = await assembleRange(transferOf(assemblerOf(bytes, true, end)), world());
    const bytesTransferred = bytes.length * 20;
    expect(outcome).toEqual({ status: 'DONE', bytesTransferred, filesTransferred });
    expect(finished).toEqual(['s3://bucket/large id-1']);
  });

  test('that is not complete is continued in the next call', async () => {
    const outcome = await assembleRange(transferOf(assemblerOf([20], false)), world());
    expect(outcome).toEqual({ status: 'INCOMPLETE', bytesTransferred: 20, filesTransferred: 0 });
    expect(finished).toEqual([]);
  });

  test('that the deadline stops is continued in the next call', async () => {
    const deadline = new AbortController();
    const assembler = assemblerOf([]);
    const copyRange: Assembler['copyRange'] = async (_assembly, _range, { signal, onBytes }) => {
      onBytes(20);
      deadline.abort();
      signal.throwIfAborted();
      return true;
    };
    const time = { remainingMs: () => 900_000, deadline: deadline.signal };
    const outcome = await assembleRange(transferOf({ ...assembler, copyRange }), world({ time }));
    expect(outcome).toEqual({ status: 'INCOMPLETE', bytesTransferred: 20, filesTransferred: 0 });
  });

  test('reports its bytes', async () => {
    const at = world();
    await assembleRange(transferOf(assemblerOf([20, 15, 5])), at);
    expect(at.progress.map(({ bytesDone }) => bytesDone)).toEqual([20, 35, 40]);
    expect(at.progress[0]).toMatchObject({ bytesTotal: 40, filesDone: 0, filesTotal: 1 });
  });

  test.each([
    ['size', { ...FILE, size: 101 }],
    ['version', { ...FILE, version: 'v2' }],
  ])('of a source with another %s is refused', async (_, file) => {
    const transfer = transferOf(assemblerOf([20]), {}, [file]);
    await expect(assembleRange(transfer, world())).rejects.toThrow(TransferMismatch);
    expect(finished).toEqual([]);
  });

  test.each([
    ['without a range', { byte_range: undefined }, true, 'no range'],
    ['to a store without an assembler', {}, false, 'cannot assemble'],
  ])('of a request %s is a defect', async (_, fields, hasAssembler, message) => {
    const transfer = transferOf(hasAssembler ? assemblerOf([20]) : undefined, fields);
    await expect(assembleRange(transfer, world())).rejects.toThrow(TypeError);
    await expect(assembleRange(transfer, world())).rejects.toThrow(message);
  });
});

describe('the end of large files', () => {
  const settings = { mounts: [], largeFileBytes: 50 };
  const finish = (files: StoredFile[], assembler: Assembler | undefined = assemblerOf([])) =>
    finishLarge(
      transferOf(assembler, { source_path: '/in/', destination_path: 's3://bucket/out/' }, files),
      world({ settings }),
    );

  test('finishes each file above the limit that has an assembly', async () => {
    await finish([
      { key: 'a', size: 50 },
      { key: 'b', size: 51 },
      { key: 'c', size: 200 },
    ]);
    expect(finished).toEqual(['s3://bucket/out/b id-1', 's3://bucket/out/c id-1']);
  });

  test('takes a file that is there without an assembly', async () => {
    (store as MemoryStore).objects.set('s3://bucket/out/lost', Buffer.alloc(60));
    await finish([{ key: 'lost', size: 60 }]);
    expect(finished).toEqual([]);
  });

  test.each([
    ['absent', undefined, 's3://bucket/out/lost has no of 60 bytes'],
    ['of another size', 61, 's3://bucket/out/lost has 61 of 60 bytes'],
  ])('refuses a file that is %s', async (_, size, message) => {
    if (size !== undefined) (store as MemoryStore).objects.set('s3://bucket/out/lost', Buffer.alloc(size));
    await expect(finish([{ key: 'lost', size: 60 }])).rejects.toThrow(TransferMismatch);
    await expect(finish([{ key: 'lost', size: 60 }])).rejects.toThrow(message);
  });

  test('has no work in a store without an assembler', async () => {
    await finishLarge(transferOf(undefined, {}, [{ key: 'lost', size: 60 }]), world({ settings }));
    expect(finished).toEqual([]);
  });
});

describe('abandoned requests', () => {
  const request = (destination_path: string, assembly?: string) =>
    syncRequest({
      source_path: '/in/a',
      destination_path,
      ...(assembly && { byte_range: { ...RANGE, assembly } }),
    });

  function abandonerOf(failing: readonly string[] = []) {
    const calls: string[] = [];
    const abandon = async (to: Location, id: string) => {
      calls.push(`${textOf(to)} ${id}`);
      if (failing.includes(id)) throw new Error(`no answer for ${id}`);
    };
    const assemblerFor = () => ({ ...assemblerOf([]), abandon });
    return { calls, assemblerFor };
  }

  test('lose the parts of each file in S3 once', async () => {
    const { calls, assemblerFor } = abandonerOf();
    const requests = [
      request('s3://bucket/a', 'one'),
      request('s3://bucket/a', 'one'),
      request('s3://bucket/b', 'two'),
      request('s3://bucket/c'),
      request('/efs/d', 'three'),
    ];
    expect(await abandonAll(requests, assemblerFor)).toBe(2);
    expect(calls).toEqual(['s3://bucket/a one', 's3://bucket/b two']);
  });

  test('are all tried, and the first error is thrown', async () => {
    const { calls, assemblerFor } = abandonerOf(['one', 'three']);
    const requests = ['one', 'two', 'three'].map((id) => request(`s3://bucket/${id}`, id));
    await expect(abandonAll(requests, assemblerFor)).rejects.toThrow('no answer for one');
    expect(calls).toHaveLength(3);
  });

  test('count also without an assembler', async () => {
    expect(await abandonAll([request('s3://bucket/a', 'one')], () => undefined)).toBe(1);
  });
});
