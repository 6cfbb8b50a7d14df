/**
 * Names of entries as bytes. A file system has names that are not UTF-8. Node puts U+FFFD in the place of their bytes, and a
 * path with that name leads nowhere, or to another file.
 */
import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { opendir, readdir } from 'node:fs/promises';

/** An entry of a folder, with the bytes of its name. */
export type ByteEntry = Dirent<Buffer>;

/** An open folder that gives {@link ByteEntry}. */
export interface ByteFolder {
  read(): Promise<ByteEntry | null>;
  readSync(): ByteEntry | null;
  close(): Promise<void>;
  [Symbol.asyncIterator](): AsyncIterableIterator<ByteEntry>;
}

/** @param bufferSize the number of entries that one read fetches */
export async function openByteFolder(path: string | Buffer, bufferSize: number): Promise<ByteFolder> {
  // The types of Node lack this encoding of opendir.
  const encoding = 'buffer' as BufferEncoding;
  return (await opendir(path, { encoding, bufferSize })) as unknown as ByteFolder;
}

export function readByteFolder(path: string | Buffer): Promise<ByteEntry[]> {
  return readdir(path, { encoding: 'buffer', withFileTypes: true });
}

/**
 * Returns the names in a folder; each character is one byte of a name. Node asks for no entry's type: on a file system
 * that does not tell the types in its listing, that would need a request for each entry.
 */
export function readByteNames(path: string | Buffer): Promise<string[]> {
  return readdir(path, { encoding: 'latin1' });
}

/** Returns the path of an entry. */
export function pathBelow(folder: string | Buffer, name: string | Buffer): string | Buffer {
  if (typeof folder === 'string' && typeof name === 'string') return `${folder}/${name}`;
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), Buffer.from(name)]);
}

/** Returns the name as text; undefined for a name that is not UTF-8. */
export function decodeName(name: Buffer): string | undefined {
  return isUtf8(name) ? name.toString() : undefined;
}

/** Returns a name for messages. Each byte above 127 of a name that is not UTF-8 becomes `\xNN`. */
export function showName(name: string | Buffer): string {
  if (typeof name === 'string') return name;
  const asHex = (byte: string) => `\\x${byte.charCodeAt(0).toString(16)}`;
  return decodeName(name) ?? name.toString('latin1').replaceAll(/[\x80-\xff]/g, asHex);
}
