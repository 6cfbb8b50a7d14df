/** What a recorded transfer says of the world around it, read here by code of its own. */
import { fieldOf } from './recorded-request';
import type { Case, Sizes, World } from './vectors';

export interface DataCase extends Case {
  /** Of each bucket or folder that is named, every file: of the destination, and of the source. */
  readonly destination_after?: Readonly<Record<string, Sizes>>;
  readonly source_after?: Readonly<Record<string, Sizes>>;
  /** The documents of a plan, by key. */
  readonly payloads?: Readonly<Record<string, readonly unknown[]>>;
  /** What is directly below the root. */
  readonly left?: readonly string[];
  /** How old the files are, in words. */
  readonly ages?: string;
}

/** What has a place of its own by its uri or path: bytes of each. */
export type Places = ReadonlyMap<string, number>;

/** The files that a transfer is about, by their uri or path. */
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

/** Where each of them goes. */
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
 * What was at the destination before, which was not recorded: what is there afterwards and cannot have come
 * from the source.
 */
export function leftFromBefore(given: DataCase, world: World): Places {
  if (given.feature !== 'sync') return new Map();
  const copies = copiesOf(given.request, world);
  const after = Object.entries(given.destination_after ?? {}).flatMap(([place, sizes]) =>
    Object.entries(sizes).map(([path, size]) => [toPlace(place, path), size] as const),
  );
  return new Map(after.filter(([place, size]) => copies.get(place) !== size));
}

/** The list at a uri, which was not recorded either: a transfer for each folder that it filled, from that name's. */
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
