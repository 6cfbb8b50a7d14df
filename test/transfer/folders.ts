/** Real folders for the tests, some of them in the place of buckets. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FileStore } from '../../src/adapters/files/file-store';
import { type DataSyncRequest, readDataSyncRequest } from '../../src/transfer/request';
import { S3 } from '../../src/transfer/schemes/s3';
import type { Stores } from '../../src/transfer/store';
import type { SyncProgress, SyncWorld } from '../../src/transfer/transfer';

export type Tree = Readonly<Record<string, string>>;

/** A fresh folder for each test, removed after it. */
export function useFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(() => {
    folder.path = realpathSync(mkdtempSync(join(tmpdir(), 'transfer-')));
  });
  afterEach(() => rmSync(folder.path, { recursive: true, force: true }));
  return folder;
}

export function plant(root: string, tree: Tree): void {
  for (const [key, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, key)), { recursive: true });
    writeFileSync(join(root, key), content);
  }
}

/** Changes a file and restores its times to the nanosecond. No function of Node does that. */
export function keepingTimes(path: string, change: () => void): void {
  const times = `${path}.times`;
  execFileSync('touch', ['-r', path, times]);
  change();
  execFileSync('touch', ['-r', times, path]);
  rmSync(times);
}

/** Returns the contents of all files below a folder by their keys. A missing folder has no files. */
export function harvest(root: string): Record<string, string> {
  try {
    const entries = readdirSync(root, { withFileTypes: true, recursive: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(
      paths.sort().map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]),
    );
  } catch {
    return {};
  }
}

/** Opens folders: `s3://bucket/key` is `<root>/s3/bucket/key`, a path is itself. */
export function folderStores(root: string): Stores {
  const buckets = join(root, 's3');
  mkdirSync(buckets, { recursive: true });
  const s3 = new FileStore({
    root: buckets,
    durable: false,
    toPath: (location) => join(buckets, location.authority, location.path),
  });
  const files = new FileStore({ root, durable: false });
  return { open: (location) => (location.scheme === S3 ? s3 : files) };
}

export interface TestWorld extends SyncWorld {
  readonly progress: SyncProgress[];
}

export function worldOf(stores: Stores, changes: Partial<SyncWorld> = {}): TestWorld {
  const progress: SyncProgress[] = [];
  return {
    stores,
    signal: new AbortController().signal,
    settings: { mounts: [] },
    time: { remainingMs: () => 900_000 },
    report: (each) => progress.push(each),
    ...changes,
    progress,
  };
}

/** Reads a request from its wire form, with its defaults. */
export function syncRequest(fields: Record<string, unknown>): DataSyncRequest {
  return readDataSyncRequest(fields);
}
