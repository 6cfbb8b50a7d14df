/** Reads the bytes of a file's listed version, or fails. */
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

/** Returns the whole file, in order. @throws TransferMismatch when the file is not the listed version */
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
    // One check at the end detects a change before the read and a change during it.
    refuseChanged(await handle.stat(), expected, path);
  } finally {
    await handle.close();
  }
}

/** Opens a file for reads at any position. */
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

/** Fills the buffer with a whole file, synchronously: for small files on fast disks. */
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
    `${path} has changed since it was listed. Run the transfer again when nothing writes to it`,
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
    ? new TransferMismatch(`${path} was removed after it was listed`)
    : toPathError(error, path);
}

function tooShort(path: string, found: number, { size }: StoredFile): TransferMismatch {
  return new TransferMismatch(
    `${path} has ${found} bytes instead of the ${size} listed ones. Run the transfer again`,
  );
}
