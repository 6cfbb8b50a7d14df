/** What a job finds in its environment, and what goes to the environment file instead. */

import { environmentName } from '../demand/names';
import { parameterAt } from '../demand/refusals';
import type { Problem } from '../errors';
import type { Environment, Surroundings } from '../surroundings';
import { pointerOf } from '../wire/json';
import type { ExecutionPaths } from './paths';

/** These stay in the environment whatever goes to the file: the command line needs them to get there. */
const ALWAYS_DIRECT = new Set(['WORKING_DIR', 'TMPDIR', 'ENV_BASE', 'AWS_REGION']);
const ENVIRONMENT_FILE = '_ENVIRONMENT_FILE';

/** The whole environment, and the parameters that would change one of our three names; `spellings` are the demand's. */
export function buildEnvironment(
  executionId: string,
  parameters: Environment,
  { workingDirectory, tmpDirectory }: Pick<ExecutionPaths, 'workingDirectory' | 'tmpDirectory'>,
  { envBase, region }: Surroundings,
  spellings: readonly string[],
): { readonly environment: Environment; readonly problems: readonly Problem[] } {
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

/** What the command names (`$X`, `${X}`) and what must always be there stays; the rest goes to the file. */
export function splitEnvironment(
  environment: Environment,
  command: readonly string[],
  filePath: string,
): { readonly direct: Environment; readonly file: Environment } {
  const named = new Set(
    Array.from(
      command.join(' ').matchAll(/\$(?:\{([_a-zA-Z][_a-zA-Z0-9]*)|([_a-zA-Z][_a-zA-Z0-9]*))/g),
      (match) => match[1] ?? match[2],
    ),
  );
  const stays = (name: string) => ALWAYS_DIRECT.has(name) || named.has(name);
  const entries = [...environment];
  return {
    direct: new Map([...entries.filter(([name]) => stays(name)), [ENVIRONMENT_FILE, filePath]]),
    file: new Map(entries.filter(([name]) => !stays(name))),
  };
}

/**
 * Bytes that Batch counts against the 8,192 of a job's overrides: the JSON of the environment list.
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 */
export function environmentBytes(environment: Environment): number {
  const list = [...environment].map(([name, value]) => ({ name, value }));
  return Buffer.byteLength(JSON.stringify(list));
}

/** Lines of a file that any POSIX shell reads back to the exact bytes, whatever a value holds. */
export function renderEnvironmentFile(environment: Environment): string {
  return [...environment].map(([name, value]) => `export ${name}=${quoteForShell(value)}`).join('\n');
}

/** The line that the job's shell runs. */
export function buildCommand(command: readonly string[], hasEnvironmentFile: boolean): string[] {
  const steps = [
    'mkdir -p ${WORKING_DIR}',
    'mkdir -p ${TMPDIR}',
    'cd ${WORKING_DIR}',
    ...(hasEnvironmentFile ? [`. \${${ENVIRONMENT_FILE}}`] : []),
    command.join(' '),
  ];
  return ['/bin/bash', '-c', steps.join(' && ')];
}

function quoteForShell(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function reserved(spelled: string, name: string, value: string): Problem {
  return {
    pointer: pointerOf(...parameterAt(spelled)),
    message: `"${name}" is set for every job (to "${value}"), and this parameter would change it`,
    remedy: 'Rename the parameter',
  };
}
