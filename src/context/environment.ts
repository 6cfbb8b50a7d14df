/** The environment of a job, and its split into variables of the job and an environment file. */
import { CLAIM_SCRIPT, EXECUTION_VARIABLE } from '../batch/claim';
import type { JobEnvironment } from '../batch/model';
import { passSigterm } from '../batch/stop-signal';
import { environmentName } from '../demand/names';
import { parameterAt } from '../demand/refusals';
import type { SecretParameter } from '../demand/secrets';
import type { Problem } from '../errors';
import type { StageSettings } from '../stage-settings';
import { pointerOf } from '../wire/json';
import type { ExecutionPaths } from './paths';

/** Variables that never move to the file: the command line uses them before it reads the file. */
const ALWAYS_DIRECT = new Set(['WORKING_DIR', 'TMPDIR', 'ENV_BASE', 'AWS_REGION']);
/** The variable with the path of the environment file. */
export const ENVIRONMENT_FILE = '_ENVIRONMENT_FILE';

/**
 * Builds the whole environment of a job.
 *
 * @param parameters values by environment name
 * @param spellings the names of the parameters as the demand spells them, for the pointers of problems
 * @returns a problem for each parameter that would change `EXECUTION_ID`, `WORKING_DIR` or `TMPDIR`
 */
export function buildEnvironment(
  executionId: string,
  parameters: JobEnvironment,
  { workingDirectory, tmpDirectory }: Pick<ExecutionPaths, 'workingDirectory' | 'tmpDirectory'>,
  { envBase, region }: StageSettings,
  spellings: readonly string[],
): { readonly environment: JobEnvironment; readonly problems: readonly Problem[] } {
  const ours = new Map([
    ['EXECUTION_ID', executionId],
    ['WORKING_DIR', workingDirectory],
    ['TMPDIR', tmpDirectory],
  ]);
  const problems = [...parameters]
    .filter(([name, value]) => ours.has(name) && ours.get(name) !== value)
    .map(([name]) => {
      const spelled = spellings.find((spelling) => environmentName(spelling) === name) ?? name;
      return reserved(spelled, name, ours.get(name) ?? '');
    });
  const environment = new Map([...ours, ...parameters, ['ENV_BASE', envBase], ['AWS_REGION', region]]);
  return { environment, problems };
}

/** Returns a problem for each secret with a variable of ours. A job definition has no secret and variable of one name. */
export function secretNameProblems(secrets: readonly SecretParameter[]): Problem[] {
  const ours = new Set(['EXECUTION_ID', ...ALWAYS_DIRECT, ENVIRONMENT_FILE]);
  return secrets
    .filter(({ environmentName: name }) => ours.has(name))
    .map(({ parameter, environmentName: name }) => ({
      pointer: pointerOf(...parameterAt(parameter)),
      message: `the service sets "${name}" for every job, so it cannot be a secret`,
      remedy: 'Rename the parameter',
    }));
}

/**
 * Splits the environment. Variables that the command names (`$X`, `${X}`) and the job's basic variables stay direct. All
 * other variables go to the file.
 *
 * @param filePath the path of the file in the container
 * @param limit the bytes of the direct variables. With a limit only the longest variables go to the file, until the
 * others fit. A file on a file system has more readers than the overrides of a job.
 */
export function splitEnvironment(
  environment: JobEnvironment,
  command: readonly string[],
  filePath: string,
  limit = 0,
): { readonly direct: JobEnvironment; readonly file: JobEnvironment } {
  const named = new Set(
    Array.from(
      command.join(' ').matchAll(/\$(?:\{([_a-zA-Z][_a-zA-Z0-9]*)|([_a-zA-Z][_a-zA-Z0-9]*))/g),
      (match) => match[1] ?? match[2],
    ),
  );
  const entries = [...environment];
  const movable = entries.filter(([name]) => !ALWAYS_DIRECT.has(name) && !named.has(name));
  const all = [...entries, [ENVIRONMENT_FILE, filePath] as const];
  const moved = longestBeyond(limit, all, movable);
  return {
    direct: new Map(all.filter(([name]) => !moved.has(name))),
    file: new Map(movable.filter(([name]) => moved.has(name))),
  };
}

type Variable = readonly [name: string, value: string];

/** Returns the names of the longest movable variables, so that the other variables have at most so many bytes. */
function longestBeyond(limit: number, all: readonly Variable[], movable: readonly Variable[]): Set<string> {
  const longest = movable
    .map((variable) => ({ name: variable[0], bytes: environmentBytes(new Map([variable])) }))
    .sort((left, right) => right.bytes - left.bytes);
  let bytes = environmentBytes(new Map(all));
  const moved = new Set<string>();
  for (const variable of longest) {
    if (bytes <= limit) break;
    moved.add(variable.name);
    // A list of one variable has two brackets, where the whole list has a comma.
    bytes -= variable.bytes - 1;
  }
  return moved;
}

/**
 * Returns the bytes that count against the 8,192 of a job's overrides: the JSON text of the environment list.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 */
export function environmentBytes(environment: JobEnvironment): number {
  const list = [...environment].map(([name, value]) => ({ name, value }));
  return Buffer.byteLength(JSON.stringify(list));
}

/** Returns the text of the environment file. Any POSIX shell reads each value back byte by byte. */
export function renderEnvironmentFile(environment: JobEnvironment): string {
  return [...environment].map(([name, value]) => `export ${name}=${quoteForShell(value)}`).join('\n');
}

/** Adds the variables of the claim of a job. They stay out of the environment file, which the claim comes before. */
export function withExecution(environment: JobEnvironment, execution: string): JobEnvironment {
  return new Map([...environment, [EXECUTION_VARIABLE, execution]]);
}

export interface CommandOptions {
  readonly hasEnvironmentFile: boolean;
  /** True: the job claims the working directory, which the service has made. */
  readonly claims: boolean;
}

/**
 * Returns the command of the container: bash, which prepares the folders and then runs the user's command.
 *
 * Without a claim it is the command of the contract. With a claim the user's command begins only after a successful claim,
 * also when it has several commands: in `a && b; c` the command `c` would run after a failure of `a`. A pipe fails with any
 * of its programs: `false | cat > ${OUT}` would store an empty result.
 *
 * @param command its words are joined with spaces and read by the shell
 */
export function buildCommand(
  command: readonly string[],
  { hasEnvironmentFile, claims }: CommandOptions,
): string[] {
  const environmentFile = hasEnvironmentFile ? [`. \${${ENVIRONMENT_FILE}}`] : [];
  const steps = ['mkdir -p ${TMPDIR}', 'cd ${WORKING_DIR}', ...environmentFile];
  const users = command.join(' ');
  const script = claims
    ? [CLAIM_SCRIPT, `{ ${steps.join(' && ')}; } || exit`, passSigterm(`set -o pipefail\n${users}`)].join(
        '\n',
      )
    : ['mkdir -p ${WORKING_DIR}', ...steps, users].join(' && ');
  return ['/bin/bash', '-c', script];
}

function quoteForShell(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function reserved(spelled: string, name: string, value: string): Problem {
  return {
    pointer: pointerOf(...parameterAt(spelled)),
    message: `the service sets "${name}" for every job (to "${value}"), and this parameter would change it`,
    remedy: 'Rename the parameter',
  };
}
