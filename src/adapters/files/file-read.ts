/** Bytes out of a file: those of the listed version, or an error. */
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { TransferMismatch } from '../../errors';
import type { StoredFile } from '../../transfer/store';
import type { OpenFile } from '../ranged';
import { isMissing, toPathError } from './file-errors';
import { versionOf } from './file-walk';

const CHUNK_BYTES = 1024 ** 2;

async function openListed(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((error) => {
    throw toOpenError(error, path);
  });
}

/** The file from its start to its end, in the order of its bytes. */
export async function* readChunks(
  path: string,
  expected: StoredFile,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const handle = await openListed(path);
  try {
    for (let left = expected.size; left > 0; ) {
      signal.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(left, CHUNK_BYTES)));
      if (bytesRead === 0) break;
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    // Once, at the end: it tells a file replaced before as well as one changed meanwhile.
    refuseChanged(await handle.stat(), expected, path);
  } finally {
    await handle.close();
  }
}

/** The file open, for reading at any place. */
export async function openPositioned(path: string, expected: StoredFile): Promise<OpenFile> {
  const handle = await openListed(path);
  return {
    async read(into, position) {
      for (let done = 0; done < into.length; ) {
        const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
        if (bytesRead === 0) throw tooShort(path, position + done, expected);
        done += bytesRead;
      }
    },
    verify: async () => refuseChanged(await handle.stat(), expected, path),
    close: () => handle.close(),
  };
}

/** Fills the buffer with a whole file without letting anything else run: for small ones on fast disks. */
export function readNow(path: string, expected: StoredFile, into: Buffer): void {
  const file = openNow(path);
  try {
    for (let done = 0; done < into.length; ) {
      const read = readSync(file, into, done, into.length - done, done);
      if (read === 0) throw tooShort(path, done, expected);
      done += read;
    }
    refuseChanged(fstatSync(file), expected, path);
  } finally {
    closeSync(file);
  }
}

export function refuseChanged(stats: Stats, expected: StoredFile, path: string): void {
  if (expected.version === undefined || versionOf(stats) === expected.version) return;
  throw new TransferMismatch(
    `${path} has changed since it was listed. Run this again once nothing writes there`,
  );
}

function openNow(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw toOpenError(error, path);
  }
}

function toOpenError(error: unknown, path: string): unknown {
  return isMissing(error)
    ? new TransferMismatch(`${path} is gone since it was listed`)
    : toPathError(error, path);
}

function tooShort(path: string, found: number, { size }: StoredFile): TransferMismatch {
  return new TransferMismatch(`${path} has ${found} bytes where ${size} were listed. Run this again`);
}
