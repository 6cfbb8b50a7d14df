/** Paths of EFS file systems (`fs-<hex>:/path`) and of this machine (`/path` and `file:///path`). */
import type { Location, Scheme } from './scheme';

const EFS_URI = /^(fs-[0-9a-f]+):(\/.*)$/s;
const FILE_URI = /^file:\/\/(\/.*)$/s;

const COMMON = { isFileSystem: true, foldersEndWithSlash: false, partsAreBilled: false } as const;

export const EFS: Scheme = {
  ...COMMON,
  name: 'efs',
  forms: ['fs-<hex>:/path'],
  uriPrefix: /^fs-[0-9a-f]+:/,
  parse(text) {
    const [, fileSystemId, path] = EFS_URI.exec(text) ?? [];
    return fileSystemId === undefined || path === undefined ? undefined : efsLocation(fileSystemId, path);
  },
  format: ({ authority, path }) => `${authority}:${path}`,
  namedBy: 'text',
};

export const LOCAL: Scheme = {
  ...COMMON,
  name: 'local',
  forms: ['an absolute path', 'file:///path'],
  uriPrefix: /^file:\/\//,
  parse(text) {
    if (text.startsWith('/')) return localLocation(text);
    const [, encoded] = FILE_URI.exec(text) ?? [];
    return encoded === undefined ? undefined : tryDecode(encoded);
  },
  format: ({ path }) => path,
  namedBy: 'python path',
};

export function efsLocation(fileSystemId: string, path: string): Location {
  return { scheme: EFS, authority: fileSystemId, path };
}

export function localLocation(path: string): Location {
  return { scheme: LOCAL, authority: '', path };
}

/** Returns the id of the file system that a location names; undefined for a path of this machine and for S3. */
export function fileSystemIdOf({ scheme, authority }: Location): string | undefined {
  return scheme === EFS ? authority : undefined;
}

/** Returns the path of a location on this machine; undefined for every other location. */
export function localPathOf({ scheme, path }: Location): string | undefined {
  return scheme === LOCAL ? path : undefined;
}

function tryDecode(path: string): Location | undefined {
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes('\0') ? undefined : localLocation(decoded);
  } catch {
    return undefined;
  }
}
