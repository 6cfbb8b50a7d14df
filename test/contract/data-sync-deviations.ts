/** Where transfers differ from the original's on purpose; each is in docs/deviations.md. */
import { fieldOf } from './recorded-request';
import { copiesOf, type DataCase, filesOf, leftFromBefore, type Places } from './recorded-transfer';
import type { Sizes, World } from './vectors';

export interface DataAnswer {
  readonly response: unknown;
  /** What is in the buckets and folders that were recorded. */
  readonly after: Readonly<Record<string, Sizes>>;
}

export interface DataDeviation {
  readonly name: string;
  readonly reason: string;
  /** By what a request says of its world, never by a case's name. */
  applies(given: DataCase, world: World): boolean;
  expected(answer: DataAnswer | 'refused', given: DataCase, world: World): DataAnswer | 'refused';
  /** No case of it was recorded; it is there for vectors of others. */
  readonly unrecorded?: boolean;
}

const DEFAULTS = {
  max_concurrency: 25,
  retain_source_data: true,
  delete: true,
  require_lock: false,
  force: false,
  size_only: false,
  fail_if_missing: true,
  include_detailed_response: false,
  remote_to_local_config: { use_custom_tmp_dir: false },
};

export const DATA_SYNC_DEVIATIONS: readonly DataDeviation[] = [
  {
    name: 'changed-files-are-replaced',
    reason: 'a transfer that was repeated after its source had changed could never succeed',
    applies: (given, world) => given.error !== undefined && hasChangedFile(given, world),
    expected: (_refused, given, world) => {
      const before = leftFromBefore(given, world);
      const copies = copiesOf(given.request, world);
      const isMirror = fieldOf(given.request, 'delete') ?? true;
      return {
        response: responseTo(given.request, copies),
        after: {
          ...given.source_after,
          ...inPlaces(given.destination_after ?? {}, new Map([...(isMirror ? [] : before), ...copies])),
        },
      };
    },
  },
  {
    name: 'filters-that-match',
    reason: 'a filter with a mistake in it would empty the destination',
    applies: ({ feature, request, response }, world) =>
      feature === 'sync' &&
      response !== undefined &&
      Boolean(fieldOf(request, 'fail_if_missing') ?? true) &&
      filesOf(request, world).size === 0 &&
      filesOf({ source_path: fieldOf(request, 'source_path') }, world).size > 0,
    expected: () => 'refused',
    unrecorded: true,
  },
  {
    name: 'counts-of-what-was-copied',
    reason: 'the original counts the whole destination, what it did not copy too',
    applies: (given, world) =>
      given.feature === 'sync' &&
      Boolean(fieldOf(given.request, 'include_detailed_response') ?? false) &&
      isFromS3(given) &&
      filesOf(given.request, world).size > 0 &&
      Array.from(leftFromBefore(given, world).keys()).some((place) => place.startsWith(destinationOf(given))),
    expected: (answer, { request }, world) => {
      if (answer === 'refused') return answer;
      const { result } = responseTo(request, copiesOf(request, world));
      return { ...answer, response: { ...(answer.response as object), result } };
    },
    unrecorded: true,
  },
  {
    name: 'a-file-into-a-folder',
    reason: 'a destination with a slash at its end is a folder, not the name of the file',
    applies: (given, world) =>
      given.response !== undefined && isOneFile(given, world) && destinationOf(given).endsWith('/'),
    expected: (answer, given, world) => {
      if (answer === 'refused') return answer;
      const { request, source_after, destination_after = {} } = given;
      const name = String(fieldOf(request, 'source_path')).split('/').at(-1);
      const copies = [...copiesOf(request, world).values()].map(
        (size) => [`${destinationOf(given)}${name}`, size] as const,
      );
      return { ...answer, after: { ...source_after, ...inPlaces(destination_after, new Map(copies)) } };
    },
    unrecorded: true,
  },
  {
    name: 'folders-are-made',
    reason: 'a file is copied also to where no folder is yet',
    applies: (given, world) =>
      given.error !== undefined &&
      isOneFile(given, world) &&
      !isFromS3(given) &&
      fieldOf(given.request, 'filter_config') === undefined &&
      destinationOf(given).startsWith('{{ROOT}}/'),
    expected: (_refused, { request, source_after, destination_after = {} }, world) => {
      const copies = copiesOf(request, world);
      const after = { ...source_after, ...inPlaces(destination_after, copies) };
      const isKept = Boolean(fieldOf(request, 'retain_source_data') ?? true);
      const source = String(fieldOf(request, 'source_path'));
      if (!isKept) for (const [place, sizes] of Object.entries(after)) after[place] = without(sizes, source);
      return { response: responseTo(request, copies), after };
    },
    unrecorded: true,
  },
  {
    name: 'destination-as-a-folder',
    reason: 'the original writes the names of files right behind those of the folder: `outa/1`',
    applies: (given) =>
      given.feature === 'plan' && /^s3:\/\/[^/]+\/.*[^/]$/.test(destinationOf(given)) && isCut(given),
    expected: (answer, given) => {
      if (answer === 'refused') return answer;
      const [whole, quoted] = [destinationOf(given), `"destination_path":"${destinationOf(given)}`];
      const text = JSON.stringify(answer.response).replaceAll(quoted, `${quoted}/`);
      return { ...answer, response: JSON.parse(text.replaceAll(`${whole}//`, `${whole}/`)) };
    },
    unrecorded: true,
  },
  {
    name: 'absolute-paths',
    reason: 'a path that is relative to the folder of a function leads to the function, not to data',
    applies: ({ request, response }) =>
      response !== undefined && pathsOf(request).some((path) => !LOCATION.test(path)),
    expected: () => 'refused',
    unrecorded: true,
  },
];

const LOCATION = /^(s3:\/\/|fs-|file:\/\/|\/|\{\{ROOT\}\})/;

function pathsOf(request: unknown): string[] {
  const fields = ['path', 'paths', 'source_path', 'destination_path'];
  return fields.flatMap((name) => fieldOf(request, name) ?? []).map(String);
}

function isFromS3({ request }: DataCase): boolean {
  return String(fieldOf(request, 'source_path')).startsWith('s3://');
}

function destinationOf({ request }: DataCase): string {
  return String(fieldOf(request, 'destination_path'));
}

/** A transfer whose source is one file. */
function isOneFile({ feature, request }: DataCase, world: World): boolean {
  if (feature !== 'sync') return false;
  return filesOf(request, world).has(String(fieldOf(request, 'source_path')));
}

/** A plan of more than the source as a whole. */
function isCut({ request, response }: DataCase): boolean {
  const source = JSON.stringify(String(fieldOf(request, 'source_path')));
  return response !== undefined && !JSON.stringify(response).includes(`"source_path":${source}`);
}

function without(sizes: Sizes, path: string): Sizes {
  return Object.fromEntries(Object.entries(sizes).filter(([name]) => name !== path));
}

function hasChangedFile(given: DataCase, world: World): boolean {
  const before = leftFromBefore(given, world);
  if (before.size === 0) return false;
  const copies = copiesOf(given.request, world);
  return Array.from(before).some(([place, size]) => copies.has(place) && copies.get(place) !== size);
}

function responseTo(request: Record<string, unknown>, copies: Places) {
  const bytes = [...copies.values()].reduce((sum, size) => sum + size, 0);
  const isDetailed = Boolean(fieldOf(request, 'include_detailed_response') ?? false);
  return {
    request: { ...DEFAULTS, ...inSnakeCase(request) },
    result: {
      bytes_transferred: isDetailed ? bytes : 0,
      files_transferred: isDetailed ? copies.size : 0,
    },
  };
}

/** The files, sorted into the buckets and folders that were recorded. */
function inPlaces(recorded: Readonly<Record<string, Sizes>>, files: Places): Record<string, Sizes> {
  const sortedInto = (place: string) => {
    const [bucket, folder] = [`s3://${place}/`, `{{ROOT}}/${place}/`];
    return Array.from(files).flatMap(([path, size]) => {
      if (path.startsWith(bucket)) return [[path.slice(bucket.length), size] as const];
      return path.startsWith(folder) ? [[path, size] as const] : [];
    });
  };
  return Object.fromEntries(
    Object.keys(recorded).map((place) => [place, Object.fromEntries(sortedInto(place))]),
  );
}

function inSnakeCase(request: Record<string, unknown>): Record<string, unknown> {
  const toSnakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(request).map(([name, value]) => [toSnakeCase(name), value]));
}
