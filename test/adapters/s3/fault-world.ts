/** Copies between a folder and an S3 server through a proxy with faults. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '../../../src/adapters/files/file-store';
import { S3Store } from '../../../src/adapters/s3/s3-store';
import type { Location } from '../../../src/transfer/location';
import { localLocation } from '../../../src/transfer/schemes/file-systems';
import { s3Location } from '../../../src/transfer/schemes/s3';
import type { S3Server } from '../../api/endpoint';
import { useFolder } from '../../transfer/folders';
import { type Asked, useFaultProxy } from './fault-proxy';
import { clientOf, useBucket } from './s3-world';

// A test moves seventeen megabytes through moto, sometimes six times.

export const MIB = 1024 ** 2;
/** A content of three different ranges or parts, and a content of one request. */
export const CONTENTS = { large: patterned(17 * MIB), small: patterned(5_000) };
export type Size = keyof typeof CONTENTS;
export const SIZES = Object.keys(CONTENTS) as Size[];

export const isGet = ({ method, url }: Asked) => method === 'GET' && !url.includes('list-type');
export const isList = ({ method, url }: Asked) => method === 'GET' && url.includes('list-type');
export const isPut = ({ method }: Asked) => method === 'PUT';
export const isAbort = ({ method }: Asked) => method === 'DELETE';
export const isComplete = ({ method, url }: Asked) => method === 'POST' && url.includes('uploadId=');

function patterned(size: number): Buffer {
  const content = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) content.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);
  return content;
}

/** Gives the tests a bucket, a folder with one `file`, and the proxy between them. */
export function useFaultWorld(server: S3Server) {
  const folder = useFolder();
  const bucket = useBucket(server);
  const proxy = useFaultProxy(server.endpoint);
  const signal = new AbortController().signal;
  const path = (name = 'file') => join(folder.path, name);
  const file = (name = 'file'): Location => localLocation(path(name));
  const object = (key: string): Location => s3Location(bucket.name, key);
  const s3 = (maxAttempts = 1) => new S3Store(clientOf(proxy.endpoint, maxAttempts), { backoffMs: 1 });
  const files = () => new FileStore({ root: folder.path });
  return {
    folder,
    bucket,
    proxy,
    signal,
    file,
    object,
    s3,
    files,
    found: () => readFileSync(path()),
    names: () => readdirSync(folder.path),
    hold: (content: string | Buffer) => writeFileSync(path(), content),

    /** @returns the number of reported bytes */
    async download(key: string, stop = signal, onBytes: () => void = () => undefined): Promise<number> {
      const store = s3();
      const listed = await store.stat(object(key));
      let bytes = 0;
      await files().copyFrom(store, object(key), listed!, file(), stop, (more) => {
        bytes += more;
        onBytes();
      });
      return bytes;
    },

    /** @returns the number of reported bytes */
    async upload(key: string, maxAttempts = 1, stop = signal): Promise<number> {
      const listed = await files().stat(file());
      let bytes = 0;
      await s3(maxAttempts).copyFrom(files(), file(), listed!, object(key), stop, (more) => {
        bytes += more;
      });
      return bytes;
    },
  };
}
