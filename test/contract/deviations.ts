/**
 * Where we differ from the original on purpose: what in a request triggers it, and what is then expected.
 * Each is in docs/deviations.md. Nothing else may differ.
 */
import { createHash } from 'node:crypto';
import type { Case } from './vectors';

export interface Deviation {
  readonly name: string;
  readonly reason: string;
  /** By what a request says, never by a case's name. */
  applies(given: Case): boolean;
  /** The original's answer as it should be; `'refused'` if there should be none. */
  expected(answer: Answer, given: Case): Answer | 'refused';
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

interface Request {
  readonly demand_execution: {
    readonly execution_id: string;
    readonly execution_parameters: {
      readonly params: Record<string, unknown>;
      readonly inputs?: string[];
      readonly outputs?: string[];
    };
  };
  readonly context_manager_configuration?: Record<string, unknown>;
}

export const DEVIATIONS: readonly Deviation[] = [
  {
    name: 'unprivileged',
    reason: 'a container with the host at its feet is for who asks for it',
    applies: ({ request }) => !('privileged' in configurationOf(request)),
    expected: (answer) =>
      edit(answer, ({ setup_configs }) => {
        setup_configs.batch_create_request.privileged = false;
      }),
  },
  {
    name: 'shared-inputs-stay',
    reason: 'another execution may be reading them',
    applies: ({ request }) =>
      isShared(request) && configurationOf(request).cleanup_inputs !== false && inputsOf(request).length > 0,
    expected: (answer) =>
      edit(answer, ({ cleanup_configs }) => {
        const [inputs] = cleanup_configs.remove_data_paths_requests;
        if (inputs !== undefined) inputs.paths = [];
      }),
  },
  {
    name: 'filters-in-the-shared-key',
    reason: 'the same remote through another filter is another set of files',
    applies: ({ request }) => isShared(request) && inputsOf(request).some(isFiltered),
    expected: (answer, { request }) => {
      const keys = inputsOf(request)
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
    applies: ({ request }) => hasUnsafeInteger(parametersOf(request).params),
    expected: () => 'refused',
  },
  {
    name: 'working-directory-of-its-own',
    reason: 'the id names a directory that is removed in the end',
    applies: ({ request }) =>
      /^(|\.|\.\.|tmp)$|[/\0]/.test((request as unknown as Request).demand_execution.execution_id),
    expected: () => 'refused',
  },
  {
    name: 'no-climbing-locals',
    reason: 'a local path with ".." may leave the working directory',
    applies: ({ request }) => localsOf(request).some((local) => local.split('/').includes('..')),
    expected: () => 'refused',
  },
  {
    name: 'one-local-an-input',
    reason: 'the second would overwrite the first',
    applies: ({ request }) =>
      !isShared(request) && new Set(inputLocalsOf(request)).size < inputLocalsOf(request).length,
    expected: () => 'refused',
  },
];

function edit(answer: Answer, change: (response: Response) => void): Answer {
  const copy = structuredClone(answer);
  change(copy.response);
  return copy;
}

function parametersOf(request: Case['request']) {
  return (request as unknown as Request).demand_execution.execution_parameters ?? { params: {} };
}

function configurationOf(request: Case['request']): Record<string, unknown> {
  return (request as unknown as Request).context_manager_configuration ?? {};
}

function isShared(request: Case['request']): boolean {
  return configurationOf(request).isolate_inputs === false;
}

interface ObjectForm {
  readonly local: string;
  readonly remote: string;
  readonly include?: string | string[];
  readonly exclude?: string | string[];
}

function valuesOf(request: Case['request'], names: string[] | undefined): unknown[] {
  return (names ?? []).map((name) => parametersOf(request).params[name]);
}

function inputsOf(request: Case['request']): ObjectForm[] {
  return valuesOf(request, parametersOf(request).inputs).map((value) => {
    if (typeof value !== 'string') return value as ObjectForm;
    const [remote = '', local = ''] = value.split(' @ ');
    return { remote, local };
  });
}

function inputLocalsOf(request: Case['request']): string[] {
  return inputsOf(request).flatMap((input) => input?.local ?? []);
}

function localsOf(request: Case['request']): string[] {
  const outputs = valuesOf(request, parametersOf(request).outputs).map((value) =>
    typeof value === 'string'
      ? (value.split(' @ ')[0] ?? '')
      : ((value as ObjectForm | undefined)?.local ?? ''),
  );
  return [...inputLocalsOf(request), ...outputs];
}

function isFiltered({ include, exclude }: ObjectForm): boolean {
  return [include, exclude].some((side) => side !== undefined && side !== null && side.length > 0);
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
