/** Recorded cases of the original. `CONTRACT_VECTORS=DIR` runs the cases of another folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DIRECTORY = process.env.CONTRACT_VECTORS ?? join(__dirname, 'vectors');

export interface World {
  readonly region: string;
  readonly file_systems: readonly { FileSystemId: string; Name: string; tags: Record<string, string> }[];
  readonly access_points: readonly {
    AccessPointId: string;
    FileSystemId: string;
    Name: string;
    path: string;
    tags: Record<string, string>;
  }[];
  /** The bytes of each object, by bucket and key. */
  readonly buckets?: Readonly<Record<string, Sizes>>;
  /** The bytes of each file, by its path. */
  readonly local?: Sizes;
}

export type Sizes = Readonly<Record<string, number>>;

export interface Case {
  readonly name: string;
  readonly feature: string;
  readonly env_base: string;
  readonly mounts: readonly { path: string; id: string }[];
  readonly request: Record<string, unknown>;
  readonly response?: Record<string, unknown>;
  readonly error?: { readonly type: string; readonly message: string };
  readonly files_written?: Record<string, string>;
}

/** Returns the cases of one file, or no case if the folder does not have the file. */
export function readVectors(name: 'scaffolding' | 'batch-create' | 'data-sync'): {
  world: World;
  cases: Case[];
} {
  const file = join(DIRECTORY, `${name}.json`);
  if (!existsSync(file))
    return { world: { region: 'us-west-2', file_systems: [], access_points: [] }, cases: [] };
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Runs one test for each case. Another folder may have no case of a kind. The own folder has cases of each kind. */
export function testEachCase<T extends { readonly name: string }>(
  cases: readonly T[],
  run: (given: T) => Promise<void>,
): void {
  if (cases.length > 0) test.each(cases)('$name', run);
  else test('this folder has no such vectors', () => expect(process.env.CONTRACT_VECTORS).toBeDefined());
}

/** Replaces `{{ROOT}}` in a vector with a folder. */
export function withRoot<T>(value: T, root: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll('{{ROOT}}', root));
}

/** Replaces the folder with `{{ROOT}}`. */
export function withoutRoot<T>(value: T, root: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll(root, '{{ROOT}}'));
}
