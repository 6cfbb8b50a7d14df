/** Intended differences of transfers. docs/deviations.md lists each of them. */
import { fieldOf } from './recorded-request';
import { copiesOf, type DataCase, filesOf, leftFromBefore, type Places } from './recorded-transfer';
import type { Sizes, World } from './vectors';

export interface DataAnswer {
  readonly response: unknown;
  /** The content of the recorded buckets and folders. */
  readonly after: Readonly<Record<string, Sizes>>;
}

export interface DataDeviation {
  readonly name: string;
  readonly reason: string;
  /** Decides from the request and its world, never from the name of a case. */
  applies(given: DataCase, world: World): boolean;
  expected(answer: DataAnswer | 'refused', given: DataCase, world: World): DataAnswer | 'refused';
  /** No recorded case has it. It is for vectors of another folder. */
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
    reason: 'a transfer could never succeed again after a change of its source',
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
    reason: 'a mistake in a filter would empty the destination',
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
    reason: 'the original counts the whole destination, also files that it did not copy',
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
    reason: 'a destination with a final slash is a folder, not the name of the file',
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
    reason: 'a transfer creates the folder of a file',
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
    reason: 'the original joins the names of the folder and the file without a slash: `outa/1`',
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
    reason: 'a relative path leads to the files of the function, not to data',
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

/** Returns whether the source of a transfer is one file. */
function isOneFile({ feature, request }: DataCase, world: World): boolean {
  if (feature !== 'sync') return false;
  return filesOf(request, world).has(String(fieldOf(request, 'source_path')));
}

/** Returns whether a plan divides the source. */
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

/** Returns the files by the recorded buckets and folders. */
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
