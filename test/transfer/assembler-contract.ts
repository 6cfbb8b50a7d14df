/** The contract of every assembler, for any store and any source. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { TransferMismatch } from '../../src/errors';
import { type Location, withPath } from '../../src/transfer/location';
import type { Assembler, Assembly, Store, StoredFile } from '../../src/transfer/store';

export interface AssemblerUnderTest {
  readonly source: Store;
  readonly target: Store;
  /** A file's, of the size asked for. */
  readonly from: Location;
  /** An empty place in a folder of its own. */
  readonly to: Location;
  /** Two calls may bring the same range at once. moto answers 500 to a part that comes after the end, S3 404. */
  readonly mayOverlap: boolean;
}

const signal = new AbortController().signal;
const SIZE = 2 * 8 * 1024 ** 2 + 12_345;
const CONTENT = Buffer.alloc(SIZE, 'some bytes of an odd count ');
/** A call with unlimited time. */
const PATIENT = { signal, mayStart: () => true, onBytes: () => undefined };

export function describeAssembler(name: string, open: () => Promise<AssemblerUnderTest>): void {
  describe(`the assembler contract over ${name}`, () => {
    let under: AssemblerUnderTest;
    let assembler: Assembler;
    let file: StoredFile;
    let grain: number;

    const put = (store: Store, at: Location, content: Buffer) =>
      store.write(at, Readable.from([content]), content.length, signal);
    const get = async (): Promise<Buffer | undefined> => {
      const there = await under.target.stat(under.to);
      return there && buffer(under.target.read(under.to, there, signal));
    };
    const begin = async (): Promise<Assembly> => {
      const { source, from, to } = under;
      return { source, from, to, file, id: await assembler.begin(to, file) };
    };
    const expectWhole = async () => expect((await get())?.equals(CONTENT)).toBe(true);

    beforeEach(async () => {
      under = await open();
      assembler = under.target.assembler as Assembler;
      await put(under.source, under.from, CONTENT);
      file = (await under.source.stat(under.from)) as StoredFile;
      grain = Math.min(8 * 1024 ** 2, assembler.grainOf(SIZE, under.source));
    });

    test('a file appears once the last range of it was brought, in whatever order', async () => {
      const assembly = await begin();
      await assembler.bring(assembly, { from: grain, to: SIZE }, PATIENT);
      expect(await assembler.finish(assembly)).toBe('missing');
      expect(await get()).toBeUndefined();
      await assembler.bring(assembly, { from: 0, to: grain }, PATIENT);
      expect(await assembler.finish(assembly)).toBe('done');
      await expectWhole();
    });

    test('the old file stays until then, and nothing else is to be seen', async () => {
      await put(under.target, under.to, Buffer.from('old'));
      const assembly = await begin();
      await assembler.bring(assembly, { from: 0, to: grain }, PATIENT);
      expect(String(await get())).toBe('old');
      const files: StoredFile[] = [];
      for await (const each of under.target.list(folderOf(under.to), signal)) files.push(each);
      expect(files).toHaveLength(1);
      await assembler.bring(assembly, { from: 0, to: SIZE }, PATIENT);
      await assembler.finish(assembly);
      await expectWhole();
    });

    test('what is there is not brought again', async () => {
      const assembly = await begin();
      const counted = countBytes();
      await assembler.bring(assembly, { from: 0, to: grain }, counted.options);
      expect(counted.bytes()).toBe(grain);
      await assembler.bring(assembly, { from: 0, to: SIZE }, counted.options);
      expect(counted.bytes()).toBe(SIZE);
      await assembler.bring(assembly, { from: 0, to: SIZE }, counted.options);
      expect(counted.bytes()).toBe(SIZE);
    });

    test('a call that is stopped loses nothing of what was brought before it', async () => {
      const assembly = await begin();
      await assembler.bring(assembly, { from: 0, to: grain }, PATIENT);
      const stop = new AbortController();
      const stopping = { ...PATIENT, signal: stop.signal, onBytes: () => stop.abort(new Error('killed')) };
      await expect(assembler.bring(assembly, { from: grain, to: SIZE }, stopping)).rejects.toThrow();
      const counted = countBytes();
      await assembler.bring(assembly, { from: 0, to: SIZE }, counted.options);
      expect(counted.bytes()).toBeLessThanOrEqual(SIZE - grain);
      expect(await assembler.finish(assembly)).toBe('done');
      await expectWhole();
    });

    test('nothing is begun when there is no time', async () => {
      const assembly = await begin();
      await assembler.bring(assembly, { from: 0, to: SIZE }, { ...PATIENT, mayStart: () => false });
      expect(await assembler.finish(assembly)).toBe('missing');
    });

    test('who comes after the end finds that it is done', async () => {
      const assembly = await begin();
      await assembler.bring(assembly, { from: 0, to: SIZE }, PATIENT);
      await assembler.finish(assembly);
      await assembler.bring(assembly, { from: 0, to: grain }, PATIENT);
      expect(await assembler.finish(assembly)).toBe('done');
      expect(await assembler.find(under.to, file)).toBeUndefined();
      await expectWhole();
    });

    test('what was given up is not taken for a file', async () => {
      const assembly = await begin();
      await assembler.bring(assembly, { from: 0, to: SIZE }, PATIENT);
      await assembler.abandon(under.to, assembly.id);
      await assembler.abandon(under.to, assembly.id);
      await assembler.bring(assembly, { from: 0, to: grain }, PATIENT);
      await expect(assembler.finish(assembly)).rejects.toThrow(TransferMismatch);
      expect(await get()).toBeUndefined();
    });

    test('what was given up is not taken for the old file, though that is as long', async () => {
      await put(under.target, under.to, Buffer.alloc(SIZE, 'old'));
      const assembly = await begin();
      await assembler.bring(assembly, { from: 0, to: SIZE }, PATIENT);
      await assembler.abandon(under.to, assembly.id);
      await assembler.bring(assembly, { from: 0, to: grain }, PATIENT);
      await expect(assembler.finish(assembly)).rejects.toThrow(TransferMismatch);
    });

    test('who comes after the end finds that it is done, also where an old file was as long', async () => {
      await put(under.target, under.to, Buffer.alloc(SIZE, 'old'));
      const assembly = await begin();
      await assembler.bring(assembly, { from: 0, to: SIZE }, PATIENT);
      await assembler.finish(assembly);
      expect(await assembler.finish(assembly)).toBe('done');
      await expectWhole();
    });

    test('a source that is not the listed one any more is not mixed in', async () => {
      const assembly = await begin();
      await assembler.bring(assembly, { from: 0, to: grain }, PATIENT);
      await put(under.source, under.from, Buffer.alloc(SIZE, 'other'));
      const bring = assembler.bring(assembly, { from: grain, to: SIZE }, PATIENT);
      await expect(bring).rejects.toThrow(TransferMismatch);
      expect(await get()).toBeUndefined();
    });

    test('many bring any ranges at once', async () => {
      const grains = Math.ceil(SIZE / grain);
      const cuts = fc.uniqueArray(fc.integer({ min: 1, max: grains - 1 }), { maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(cuts, fc.boolean(), async (given, isTwice) => {
          await under.target.remove(under.to);
          const assembly = await begin();
          const bounds = [0, ...given.map((each) => each * grain), SIZE].sort((one, other) => one - other);
          const ranges = bounds.slice(1).map((to, index) => ({ from: bounds[index] ?? 0, to }));
          const finish = async (range: { from: number; to: number }) => {
            await assembler.bring(assembly, range, PATIENT);
            return assembler.finish(assembly);
          };
          const ends = await Promise.all(
            [...ranges, ...(isTwice && under.mayOverlap ? ranges : [])].map(finish),
          );
          expect(ends).toContain('done');
          await expectWhole();
        }),
        { numRuns: 3 },
      );
    });
  });
}

function countBytes() {
  let bytes = 0;
  const onBytes = (more: number) => {
    bytes += more;
  };
  return { options: { ...PATIENT, onBytes }, bytes: () => bytes };
}

function folderOf(location: Location): Location {
  return withPath(location, location.path.slice(0, location.path.lastIndexOf('/') + 1));
}
