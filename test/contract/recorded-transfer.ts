/** Reads the files around a recorded transfer, without code of the service. */
import { fieldOf } from './recorded-request';
import type { Case, Sizes, World } from './vectors';

export interface DataCase extends Case {
  /** The files of the destination and of the source after the transfer, by bucket or folder. */
  readonly destination_after?: Readonly<Record<string, Sizes>>;
  readonly source_after?: Readonly<Record<string, Sizes>>;
  /** The documents of a plan, by key. */
  readonly payloads?: Readonly<Record<string, readonly unknown[]>>;
  /** The names directly below the root. */
  readonly left?: readonly string[];
  /** The ages of the files, in words. */
  readonly ages?: string;
}

/** The bytes of each file, by uri or path. */
export type Places = ReadonlyMap<string, number>;

/** Returns the files that a transfer copies. */
export function filesOf(request: unknown, world: World): Places {
  const source = String(fieldOf(request, 'source_path'));
  const root = String(fieldOf(request, 'filter_root') ?? source);
  const below = new Map(
    Array.from(everything(world)).filter(([place]) => place === source || place.startsWith(folder(source))),
  );
  const isMarker = (place: string, size: number) => size === 0 && place.endsWith('/');
  return new Map(
    Array.from(below).filter(
      ([place, size]) => !isMarker(place, size) && passes(request, place, folder(root)),
    ),
  );
}

/** Returns the destinations of the files that a transfer copies. */
export function copiesOf(request: unknown, world: World): Places {
  const source = String(fieldOf(request, 'source_path'));
  const destination = String(fieldOf(request, 'destination_path'));
  return new Map(
    Array.from(filesOf(request, world), ([place, size]) => [
      place === source ? destination : folder(destination) + place.slice(folder(source).length),
      size,
    ]),
  );
}

/**
 * Returns the files of the destination before the transfer. The recordings do not list them: they are the files
 * after the transfer that cannot come from the source.
 */
export function leftFromBefore(given: DataCase, world: World): Places {
  if (given.feature !== 'sync') return new Map();
  const copies = copiesOf(given.request, world);
  const after = Object.entries(given.destination_after ?? {}).flatMap(([place, sizes]) =>
    Object.entries(sizes).map(([path, size]) => [toPlace(place, path), size] as const),
  );
  return new Map(after.filter(([place, size]) => copies.get(place) !== size));
}

/** Returns the list of requests at a uri. The recordings do not have it: it has a transfer for each filled folder. */
export function requestsBehind(given: DataCase, world: World): readonly object[] {
  const filled = Object.values(given.destination_after ?? {}).flatMap((sizes) => Object.keys(sizes));
  const folders = new Set(filled.map((path) => path.split('/').slice(0, 3).join('/')));
  const sources = Object.entries(world.buckets ?? {}).flatMap(([bucket, objects]) =>
    Object.keys(objects).map((key) => `s3://${bucket}/${key.split('/')[0]}/`),
  );
  return Array.from(folders, (destination) => ({
    source_path: sources.find((source) => source.endsWith(`/${destination.split('/').at(-1)}/`)),
    destination_path: destination,
  }));
}

function everything({ buckets = {}, local = {} }: World): Places {
  const objects = Object.entries(buckets).flatMap(([bucket, sizes]) =>
    Object.entries(sizes).map(([key, size]) => [`s3://${bucket}/${key}`, size] as const),
  );
  return new Map([...objects, ...Object.entries(local)]);
}

function toPlace(place: string, path: string): string {
  return path.startsWith('{{ROOT}}') ? path : `s3://${place}/${path}`;
}

function passes(request: unknown, place: string, root: string): boolean {
  const filters = fieldOf(request, 'filter_config');
  const [include, exclude] = ['include', 'exclude'].map((side) => [fieldOf(filters, side) ?? []].flat());
  const matches = (pattern: unknown) => new RegExp(`^(?:${pattern})$`).test(place.slice(root.length));
  const isIncluded = include?.length === 0 || include?.some(matches);
  return Boolean(isIncluded) && !exclude?.some(matches);
}

function folder(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
