/**
 * Where we differ from the original on purpose: what in a request triggers it, and what is then expected.
 * Each is in docs/deviations.md. Nothing else may differ.
 */
import { createHash } from 'node:crypto';
import {
  executionIdOf,
  flagOf,
  isFiltered,
  type ObjectForm,
  paramsOf,
  transfersOf,
} from './recorded-request';
import type { Case } from './vectors';

export interface Deviation {
  readonly name: string;
  readonly reason: string;
  /** By what a request says, never by a case's name. */
  applies(given: Case): boolean;
  /** The original's answer as it should be; `'refused'` if there should be none. */
  expected(answer: Answer, given: Case): Answer | 'refused';
  /** No case of it was recorded; it is there for vectors of others. */
  readonly unrecorded?: boolean;
}

export interface Answer {
  readonly response: Response;
  readonly files: Record<string, string>;
}

/** Only what deviations look at. */
export interface Response {
  demand_execution: {
    execution_parameters: {
      params: Record<string, unknown>;
      param_pair_overrides?: { inputs?: string[]; outputs?: string[] }[];
    };
  };
  setup_configs: {
    batch_create_request: {
      privileged: boolean;
      job_name: string;
      mount_points: { readOnly: boolean; containerPath: string }[];
    };
  };
  cleanup_configs: { remove_data_paths_requests: { paths: string[] }[] };
}

export const DEVIATIONS: readonly Deviation[] = [
  {
    name: 'unprivileged',
    reason: 'a container with the host at its feet is for who asks for it',
    applies: (given) => !flagOf(given, 'privileged', false),
    expected: (answer) =>
      edit(answer, ({ setup_configs }) => {
        setup_configs.batch_create_request.privileged = false;
      }),
  },
  {
    name: 'shared-inputs-stay',
    reason: 'another execution may be reading them',
    applies: (given) =>
      isShared(given) && flagOf(given, 'cleanup_inputs', true) && transfersOf(given, 'inputs').length > 0,
    expected: (answer) =>
      edit(answer, ({ cleanup_configs }) => {
        const [inputs] = cleanup_configs.remove_data_paths_requests;
        if (inputs !== undefined) inputs.paths = [];
      }),
  },
  {
    name: 'filters-in-the-shared-key',
    reason: 'the same remote through another filter is another set of files',
    applies: (given) => isShared(given) && transfersOf(given, 'inputs').some(isFiltered),
    expected: (answer, given) => {
      const keys = transfersOf(given, 'inputs')
        .filter(isFiltered)
        .map(({ remote, include, exclude }) => ({
          before: sha256(remote),
          after: sha256(`["${remote}", ${list(include)}, ${list(exclude)}]`),
        }));
      const renamed = keys.reduce(
        (text, { before, after }) => text.replaceAll(before, after),
        JSON.stringify(answer),
      );
      return edit(JSON.parse(renamed), ({ setup_configs }) => {
        // A hash over paths that have just changed.
        setup_configs.batch_create_request.job_name = '*';
      });
    },
  },
  {
    name: 'quoted-environment-file',
    reason: 'no value may run as code, and every byte comes back',
    applies: ({ files_written: files }) => Object.keys(files ?? {}).length > 0,
    expected: ({ response, files }) => ({
      response,
      files: Object.fromEntries(Object.entries(files).map(([path, content]) => [path, quoted(content)])),
    }),
  },
  {
    name: 'integers-beyond-2^53',
    reason: 'JSON parsed in Node has already lost their digits',
    applies: (given) => hasUnsafeInteger(paramsOf(given)),
    expected: () => 'refused',
  },
  {
    name: 'working-directory-of-its-own',
    reason: 'the id names a directory that is removed in the end',
    applies: (given) => /^(|\.|\.\.|tmp)$|[/\0]/.test(executionIdOf(given)),
    expected: () => 'refused',
  },
  {
    name: 'no-climbing-locals',
    reason: 'a local path with ".." may leave the working directory',
    applies: (given) => localsOf(given).some((local) => local.split('/').includes('..')),
    expected: () => 'refused',
  },
  {
    name: 'one-local-an-input',
    reason: 'the second would overwrite the first, and an output inside an input would take it away',
    applies: (given) => !isShared(given) && hasCollision(given),
    expected: () => 'refused',
  },
  {
    name: 'one-destination-an-output',
    reason: 'each would delete what the other put there',
    applies: (given) => hasDoubles(transfersOf(given, 'outputs').map(({ remote }) => trimmed(remote))),
    expected: () => 'refused',
    unrecorded: true,
  },
  {
    name: 'filters-that-compile',
    reason: 'found out before the data move, not when',
    applies: (given) => transfersOf(given, 'inputs').concat(transfersOf(given, 'outputs')).some(hasBadFilter),
    expected: () => 'refused',
    unrecorded: true,
  },
];

function edit(answer: Answer, change: (response: Response) => void): Answer {
  const copy = structuredClone(answer);
  change(copy.response);
  return copy;
}

function isShared(given: Case): boolean {
  return !flagOf(given, 'isolate_inputs', true);
}

function localsOf(given: Case): string[] {
  return [...transfersOf(given, 'inputs'), ...transfersOf(given, 'outputs')].map(({ local }) => local);
}

function hasCollision(given: Case): boolean {
  const inputs = transfersOf(given, 'inputs').flatMap(({ local }) => (local === '' ? [] : [trimmed(local)]));
  const outputs = transfersOf(given, 'outputs').map(({ local }) => trimmed(local));
  return (
    hasDoubles(inputs) ||
    outputs.some((output) => inputs.some((input) => `${output}/`.startsWith(`${input}/`)))
  );
}

function hasBadFilter({ include = [], exclude = [] }: ObjectForm): boolean {
  return [include ?? [], exclude ?? []].flat().some((pattern) => {
    try {
      return new RegExp(pattern).source === '';
    } catch {
      return true;
    }
  });
}

function hasDoubles(paths: readonly string[]): boolean {
  const given = paths.filter((path) => path !== '');
  return new Set(given).size < given.length;
}

function trimmed(path: string): string {
  return path.replace(/\/+$/, '').replace(/^\.\//, '');
}

function list(side: string | string[] | undefined): string {
  return typeof side === 'string'
    ? JSON.stringify(side)
    : `[${(side ?? []).map((item) => JSON.stringify(item)).join(', ')}]`;
}

/** From `export NAME="value"`, raw, to single quotes. */
function quoted(content: string): string {
  return content
    .split(/\n(?=export )/)
    .map((line) =>
      line.replace(
        /^export (\w+)="(.*)"$/s,
        (_, name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
      ),
    )
    .join('\n');
}

function hasUnsafeInteger(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnsafeInteger);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
