/**
 * Intended differences from the original: the property of a request that triggers one, and the expected answer.
 * docs/deviations.md lists each of them. Every other answer is equal.
 */
import { createHash } from 'node:crypto';
import {
  executionIdOf,
  fieldOf,
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
  /** Decides from the request, never from the name of a case. */
  applies(given: Case): boolean;
  /** Returns the expected answer for the original's answer, or `'refused'`. */
  expected(answer: Answer, given: Case): Answer | 'refused';
  /** No recorded case has it. It is for vectors of another folder. */
  readonly unrecorded?: boolean;
}

export interface Answer {
  readonly response: Response;
  readonly files: Record<string, string>;
}

/** The fields of a response that the deviations read. */
export interface Response {
  demand_execution: {
    execution_parameters: {
      params: Record<string, unknown>;
      param_pair_overrides?: { inputs?: string[]; outputs?: string[] }[];
    };
  };
  setup_configs: {
    data_sync_requests: object[];
    batch_create_request: {
      privileged: boolean;
      job_name: string;
      mount_points: { readOnly: boolean; containerPath: string }[];
    };
  };
  cleanup_configs: { remove_data_paths_requests: { paths: string[] }[] };
}

const OTHER_ROLES: Readonly<Record<string, RegExp>> = {
  scratch: /^(shared|tmp)/,
  shared: /^(scratch|tmp)/,
  tmp: /^(scratch|shared)/,
};

export const DEVIATIONS: readonly Deviation[] = [
  {
    name: 'access-points-of-a-role',
    reason: 'a job mounts an access point as root, so a role takes only those that the stage lists for it',
    // The recorded stages list neither the whole file system nor an access point of another role.
    applies: ({ request }) => {
      const given = fieldOf(request, 'file_system_configurations') ?? {};
      return Object.entries(given).some(([role, candidates]) =>
        [candidates ?? []]
          .flat()
          .map((candidate) => String(fieldOf(candidate, 'access_point') ?? role))
          .some((name) => name.startsWith('root') || OTHER_ROLES[role]?.test(name) === true),
      );
    },
    expected: () => 'refused',
  },
  {
    name: 'unprivileged',
    reason: 'a privileged container controls its host, so a request has to ask for it',
    applies: (given) => !flagOf(given, 'privileged', false),
    expected: (answer) =>
      edit(answer, ({ setup_configs }) => {
        setup_configs.batch_create_request.privileged = false;
      }),
  },
  {
    name: 'shared-inputs-stay',
    reason: 'another execution may read them',
    applies: (given) =>
      isShared(given) && flagOf(given, 'cleanup_inputs', true) && transfersOf(given, 'inputs').length > 0,
    expected: (answer) =>
      edit(answer, ({ cleanup_configs }) => {
        const [inputs] = cleanup_configs.remove_data_paths_requests;
        if (inputs !== undefined) inputs.paths = [];
      }),
  },
  {
    name: 'shared-inputs-are-checked',
    reason: 'an execution must not read what somebody else has put into the place of its input',
    applies: (given) => isShared(given) && transfersOf(given, 'inputs').length > 0,
    expected: (answer) =>
      edit(answer, ({ setup_configs }) => {
        for (const sync of setup_configs.data_sync_requests)
          Object.assign(sync, { size_only: false, delete: true });
      }),
  },
  {
    name: 'filters-in-the-shared-key',
    reason: 'another filter selects other files of the same remote',
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
        // The name is a hash of the changed paths.
        setup_configs.batch_create_request.job_name = '*';
      });
    },
  },
  {
    name: 'quoted-environment-file',
    reason: 'no value may run as code, and each value keeps every byte',
    applies: ({ files_written: files }) => Object.keys(files ?? {}).length > 0,
    expected: ({ response, files }) => ({
      response,
      files: Object.fromEntries(Object.entries(files).map(([path, content]) => [path, quoted(content)])),
    }),
  },
  {
    name: 'integers-beyond-2^53',
    reason: "Node's JSON parser loses their digits",
    applies: (given) => hasUnsafeInteger(paramsOf(given)),
    expected: () => 'refused',
  },
  {
    name: 'working-directory-of-its-own',
    reason: 'the id names a directory that is removed',
    applies: (given) =>
      /^(|\.|\.\.|tmp|scratch|shared)$|^\.(demand|nfs|snapshot)|\.(partial|removing|attempt-\d+)$|[/\p{Cc}\p{Cf}\p{Cs}]/iu.test(
        executionIdOf(given).normalize('NFKC'),
      ),
    expected: () => 'refused',
  },
  {
    name: 'no-climbing-locals',
    reason: 'a local path with ".." may leave the working directory',
    applies: (given) => localsOf(given).some((local) => local.split('/').includes('..')),
    expected: () => 'refused',
  },
  {
    name: 'no-local-in-the-shared-volume',
    reason: 'other executions read there, and find an input by a key that follows from its remote',
    applies: (given) =>
      [...(isShared(given) ? [] : transfersOf(given, 'inputs')), ...transfersOf(given, 'outputs')].some(
        ({ local }) => `${local}/`.replaceAll(/\/(\.?\/)+/g, '/').startsWith(`${pathOf(given, 'shared')}/`),
      ),
    expected: () => 'refused',
    unrecorded: true,
  },
  {
    name: 'no-volume-as-a-local',
    reason: 'a transfer would overwrite or remove the data of all executions',
    applies: (given) =>
      [...(isShared(given) ? [] : transfersOf(given, 'inputs')), ...transfersOf(given, 'outputs')].some(
        ({ local }) => `${local}/`.replaceAll(/\/(\.?\/)+/g, '/') === `${pathOf(given, 'scratch')}/`,
      ),
    expected: () => 'refused',
    unrecorded: true,
  },
  {
    name: 'one-local-an-input',
    reason:
      'the second input would overwrite the first, and an output inside an input would be removed with it',
    applies: (given) => !isShared(given) && hasCollision(given),
    expected: () => 'refused',
  },
  {
    name: 'one-destination-an-output',
    reason: 'each would delete the files of the other',
    applies: (given) => hasDoubles(transfersOf(given, 'outputs').map(({ remote }) => trimmed(remote))),
    expected: () => 'refused',
    unrecorded: true,
  },
  {
    name: 'filters-that-compile',
    reason: 'the mistake shows before the copy, not during it',
    applies: (given) => transfersOf(given, 'inputs').concat(transfersOf(given, 'outputs')).some(hasBadFilter),
    expected: () => 'refused',
    unrecorded: true,
  },
  {
    name: 'secrets-of-the-stage',
    reason: 'a job gets a secret from AWS Batch, and a stage allows no secret by default',
    applies: (given) => Object.values(paramsOf(given)).some(isSecret),
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

function pathOf({ request }: Case, role: 'scratch' | 'shared'): string {
  const { file_system_configurations: given } = request as {
    file_system_configurations?: Partial<Record<typeof role, { container_path?: string }>>;
  };
  return given?.[role]?.container_path ?? `/opt/efs/${role}`;
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

/** Converts lines `export NAME="value"` with raw values to single quotes. */
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

/** An object with the field `secret` alone. */
function isSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === 'secret';
}

function hasUnsafeInteger(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnsafeInteger);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
