/** Tests for the contract of all assemblers. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { TransferMismatch } from '../../src/errors';
import { type Location, withPath } from '../../src/transfer/location';
import type { Assembler, Assembly, Store, StoredFile } from '../../src/transfer/store';

export interface AssemblerUnderTest {
  readonly source: Store;
  readonly target: Store;
  /** Location of the source file. The contract writes it. */
  readonly from: Location;
  /** Location of an absent file, alone in its folder. */
  readonly to: Location;
  /** Two calls may copy the same range at once. moto answers 500 to a part after the end of the upload, S3 answers 404. */
  readonly mayOverlap: boolean;
}

const signal = new AbortController().signal;
const SIZE = 2 * 8 * 1024 ** 2 + 12_345;
const CONTENT = Buffer.alloc(SIZE, 'some bytes of an odd count ');
/** Options of a call without a deadline. */
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

    test('a file appears after its last range, in any order of the ranges', async () => {
      const assembly = await begin();
      await assembler.copyRange(assembly, { from: grain, to: SIZE }, PATIENT);
      expect(await assembler.finish(assembly)).toBe('missing');
      expect(await get()).toBeUndefined();
      await assembler.copyRange(assembly, { from: 0, to: grain }, PATIENT);
      expect(await assembler.finish(assembly)).toBe('done');
      await expectWhole();
    });

    test('the old file stays until the new file is complete, and a listing shows only the old file', async () => {
      await put(under.target, under.to, Buffer.from('old'));
      const assembly = await begin();
      await assembler.copyRange(assembly, { from: 0, to: grain }, PATIENT);
      expect(String(await get())).toBe('old');
      const files: StoredFile[] = [];
      for await (const each of under.target.list(folderOf(under.to), signal))
        if (!each.isReserved) files.push(each);
      expect(files).toHaveLength(1);
      await assembler.copyRange(assembly, { from: 0, to: SIZE }, PATIENT);
      await assembler.finish(assembly);
      await expectWhole();
    });

    test('a range that was copied is not copied again', async () => {
      const assembly = await begin();
      const counted = countBytes();
      await assembler.copyRange(assembly, { from: 0, to: grain }, counted.options);
      expect(counted.bytes()).toBe(grain);
      await assembler.copyRange(assembly, { from: 0, to: SIZE }, counted.options);
      expect(counted.bytes()).toBe(SIZE);
      await assembler.copyRange(assembly, { from: 0, to: SIZE }, counted.options);
      expect(counted.bytes()).toBe(SIZE);
    });

    test('a stopped call loses no range of an earlier call', async () => {
      const assembly = await begin();
      await assembler.copyRange(assembly, { from: 0, to: grain }, PATIENT);
      const stop = new AbortController();
      const stopping = { ...PATIENT, signal: stop.signal, onBytes: () => stop.abort(new Error('killed')) };
      await expect(assembler.copyRange(assembly, { from: grain, to: SIZE }, stopping)).rejects.toThrow();
      const counted = countBytes();
      await assembler.copyRange(assembly, { from: 0, to: SIZE }, counted.options);
      expect(counted.bytes()).toBeLessThanOrEqual(SIZE - grain);
      expect(await assembler.finish(assembly)).toBe('done');
      await expectWhole();
    });

    test('a call without time copies nothing', async () => {
      const assembly = await begin();
      await assembler.copyRange(assembly, { from: 0, to: SIZE }, { ...PATIENT, mayStart: () => false });
      expect(await assembler.finish(assembly)).toBe('missing');
    });

    test('a call after the end finds the file done', async () => {
      const assembly = await begin();
      await assembler.copyRange(assembly, { from: 0, to: SIZE }, PATIENT);
      await assembler.finish(assembly);
      await assembler.copyRange(assembly, { from: 0, to: grain }, PATIENT);
      expect(await assembler.finish(assembly)).toBe('done');
      expect(await assembler.find(under.to, file)).toBeUndefined();
      await expectWhole();
    });

    test('an abandoned assembly does not become a file', async () => {
      const assembly = await begin();
      await assembler.copyRange(assembly, { from: 0, to: SIZE }, PATIENT);
      await assembler.abandon(under.to, assembly.id);
      await assembler.abandon(under.to, assembly.id);
      await assembler.copyRange(assembly, { from: 0, to: grain }, PATIENT);
      await expect(assembler.finish(assembly)).rejects.toThrow(TransferMismatch);
      expect(await get()).toBeUndefined();
    });

    test('an abandoned assembly is not done when an old file of the same size exists', async () => {
      await put(under.target, under.to, Buffer.alloc(SIZE, 'old'));
      const assembly = await begin();
      await assembler.copyRange(assembly, { from: 0, to: SIZE }, PATIENT);
      await assembler.abandon(under.to, assembly.id);
      await assembler.copyRange(assembly, { from: 0, to: grain }, PATIENT);
      await expect(assembler.finish(assembly)).rejects.toThrow(TransferMismatch);
    });

    test('a second finish answers done, also over an old file of the same size', async () => {
      await put(under.target, under.to, Buffer.alloc(SIZE, 'old'));
      const assembly = await begin();
      await assembler.copyRange(assembly, { from: 0, to: SIZE }, PATIENT);
      await assembler.finish(assembly);
      expect(await assembler.finish(assembly)).toBe('done');
      await expectWhole();
    });

    test('ranges of a source that has changed are refused', async () => {
      const assembly = await begin();
      await assembler.copyRange(assembly, { from: 0, to: grain }, PATIENT);
      await put(under.source, under.from, Buffer.alloc(SIZE, 'other'));
      const copy = assembler.copyRange(assembly, { from: grain, to: SIZE }, PATIENT);
      await expect(copy).rejects.toThrow(TransferMismatch);
      expect(await get()).toBeUndefined();
    });

    test('calls that copy any ranges at the same time complete the file', async () => {
      const grains = Math.ceil(SIZE / grain);
      const cuts = fc.uniqueArray(fc.integer({ min: 1, max: grains - 1 }), { maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(cuts, fc.boolean(), async (given, isTwice) => {
          await under.target.remove(under.to);
          const assembly = await begin();
          const bounds = [0, ...given.map((each) => each * grain), SIZE].sort((one, other) => one - other);
          const ranges = bounds.slice(1).map((to, index) => ({ from: bounds[index] ?? 0, to }));
          const finish = async (range: { from: number; to: number }) => {
            await assembler.copyRange(assembly, range, PATIENT);
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
