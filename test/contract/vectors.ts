/** Recorded cases of the original: `CONTRACT_VECTORS=DIR` runs those of another folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DIRECTORY = process.env.CONTRACT_VECTORS ?? join(__dirname, 'vectors');

export interface World {
  readonly file_systems: readonly { FileSystemId: string; Name: string; tags: Record<string, string> }[];
  readonly access_points: readonly {
    AccessPointId: string;
    FileSystemId: string;
    Name: string;
    path: string;
    tags: Record<string, string>;
  }[];
}

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

/** The cases of one file; none where the folder does not have it. */
export function readVectors(name: 'scaffolding' | 'batch-create' | 'data-sync'): {
  world: World;
  cases: Case[];
} {
  const file = join(DIRECTORY, `${name}.json`);
  if (!existsSync(file)) return { world: { file_systems: [], access_points: [] }, cases: [] };
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Puts a folder where a vector says `{{ROOT}}`. */
export function withRoot<T>(value: T, root: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll('{{ROOT}}', root));
}

/** Puts `{{ROOT}}` back. */
export function withoutRoot<T>(value: T, root: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll(root, '{{ROOT}}'));
}
