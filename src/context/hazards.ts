/**
 * Hazards: mistakes that the contract accepts and a whole execution refuses. The execution would fail after its data are
 * copied, or it would change the data of other executions.
 */
import { BATCH_NAME_CHARACTER } from '../aws-limits';
import { EXECUTION_VARIABLE, PREVIOUS_JOBS_VARIABLE } from '../batch/claim';
import { environmentName } from '../demand/names';
import type { ParameterTransfer, ResolvedParameters } from '../demand/parameters';
import { parameterAt, type Refusal } from '../demand/refusals';
import type { ResourceRequirements } from '../demand/resources';
import type { ChosenCandidate } from '../efs/configuration';
import type { Problem } from '../errors';
import { placeOf } from '../transfer/location';
import { s3ObjectOf } from '../transfer/schemes/s3';
import { pointerOf } from '../wire/json';
import { ENVIRONMENT_FILE } from './environment';
import type { Layout } from './layout';
import { nestedPairs } from './nesting';
import { nestedOutputProblems } from './overlaps';
import { isWithin, ownerOf } from './paths';
import type { LayoutInput } from './request';

/** Characters at which a shell splits or expands a path. The contract's command line has unquoted paths. */
const SPLIT_BY_SHELLS = /[\s*?[\]\\]/;
/**
 * Variables that bash sets itself, protects or obeys, and `PATH`, which finds the programs. They would change the steps
 * of the service before the command.
 * https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html
 */
const SHELL_VARIABLES = new Set(
  `_ BASH BASHOPTS BASHPID BASH_ARGV0 BASH_COMMAND BASH_COMPAT BASH_ENV BASH_SUBSHELL BASH_VERSINFO CDPATH
   COMP_WORDBREAKS ENV EPOCHREALTIME EPOCHSECONDS EUID EXECIGNORE FUNCNEST GLOBIGNORE GROUPS HISTCMD IFS LINENO OLDPWD
   OPTIND PATH POSIXLY_CORRECT PPID PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 PWD RANDOM SECONDS SHELLOPTS SHLVL SRANDOM TMOUT
   UID`.split(/\s+/),
);
/**
 * Variables with which another program loads or runs code when it starts: the loader of Linux and of macOS, and
 * interpreters. https://man7.org/linux/man-pages/man8/ld.so.8.html
 */
const LOADING_VARIABLE =
  /^(?:LD_.*|DYLD_.*|BASH_FUNC_.*|GCONV_PATH|GLIBC_TUNABLES|NODE_OPTIONS|PYTHONSTARTUP|PYTHONHOME|PERL5OPT|PERL5DB|RUBYOPT|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS)$/;
/** Variables that the service or Batch gives to the job besides those of the contract. */
const SERVICE_VARIABLE = new RegExp(
  `^(?:AWS_BATCH_.*|${ENVIRONMENT_FILE}|${EXECUTION_VARIABLE}|${PREVIOUS_JOBS_VARIABLE})$`,
);

/**
 * Bytes of a command. It is one argument of bash, with the steps of the service before it, and Linux starts no program with
 * an argument of 131,072 bytes: https://man7.org/linux/man-pages/man2/execve.2.html (MAX_ARG_STRLEN)
 */
const COMMAND_BYTES = 120_000;

/** Returns the hazards of a demand. Their pointers are into the demand. */
export function demandHazards(layoutInput: LayoutInput, layout: Layout): Problem[] {
  const { parameters } = layout;
  const { inputs, outputs } = parameters;
  return [
    ...typeProblems(layoutInput.executionType),
    ...idProblems(layoutInput.executionId),
    ...imageProblems(layoutInput.executionImage),
    ...resourceProblems(layoutInput.resources),
    ...commandProblems(layoutInput.parameters.command),
    ...Object.keys(layoutInput.parameters.params).flatMap(shellNameProblems),
    ...[...inputs, ...outputs].flatMap((transfer) => placeProblems(transfer, layout)),
    ...nestedPairs(inputs, outputs, ({ path }) => path).flatMap(([input, output]) =>
      insideOutput(input, output),
    ),
    ...outputs.flatMap((output) => [...keyProblems(output), ...wholeBucketProblems(output)]),
    ...destinationProblems(parameters),
    ...nestedOutputProblems(parameters),
  ];
}

/** Returns the hazards of the volumes. Their pointers are into the scaffolding request. */
export function volumeHazards({ chosen }: Layout): Problem[] {
  const { scratch, shared, tmp } = chosen;
  const at = ({ role }: ChosenCandidate) => pointerOf('file_system_configurations', role);
  const unquoted = [scratch, tmp].flatMap((volume) =>
    volume !== undefined && SPLIT_BY_SHELLS.test(volume.containerPath)
      ? [{ pointer: at(volume), ...splitByShells(volume.containerPath, 'container_path') }]
      : [],
  );
  const paths = [scratch, shared, tmp].flatMap((volume) => volume ?? []);
  const doubled = paths.filter(
    ({ containerPath }, index) => paths.findIndex((other) => other.containerPath === containerPath) < index,
  );
  return [
    ...unquoted,
    ...doubled.map((volume) => ({
      pointer: at(volume),
      message: `another volume already has the container path ${volume.containerPath}`,
      remedy: 'Give each role a container_path of its own',
    })),
  ];
}

const BATCH_NAME_PART = new RegExp(`^${BATCH_NAME_CHARACTER.source}*$`);

/** The execution type becomes a part of the job definition's name. */
function typeProblems(type: string | undefined): Problem[] {
  if (type === undefined || BATCH_NAME_PART.test(type)) return [];
  return [
    {
      pointer: '/execution_type',
      message: `"${type}" has characters that AWS Batch does not accept in a name`,
      remedy: 'Use letters, digits, hyphens and underscores',
    },
  ];
}

function idProblems(id: string): Problem[] {
  return SPLIT_BY_SHELLS.test(id) ? [{ pointer: '/execution_id', ...splitByShells(id, 'execution_id') }] : [];
}

function splitByShells(value: string, name: string): Refusal {
  return {
    message: `${JSON.stringify(value)} contains white space or one of * ? [ ] \\, and a shell splits or expands a path with them`,
    remedy: `Remove them from the ${name}`,
  };
}

/** AWS Batch registers no job definition without memory and vCPUs. */
function resourceProblems(resources: ResourceRequirements | undefined): Problem[] {
  if (resources === undefined) return [];
  return (['memory', 'vcpus'] as const)
    .filter((name) => resources[name] === undefined)
    .map((name) => ({
      pointer: `/resource_requirements/${name}`,
      message: `${name} is missing, and AWS Batch runs no container without it`,
      remedy: `Add "${name}": ${name === 'memory' ? '2048 (MiB)' : '1'}`,
    }));
}

function shellNameProblems(name: string): Problem[] {
  const variable = environmentName(name);
  if (LOADING_VARIABLE.test(variable))
    return problem(
      name,
      `"${variable}" makes each program of the job load or run other code when it starts`,
      `Rename the parameter; the command can set the variable for one program: ${variable}=... PROGRAM`,
    );
  if (SERVICE_VARIABLE.test(variable))
    return problem(
      name,
      `"${variable}" is a variable of the service or of AWS Batch`,
      'Rename the parameter',
    );
  if (!SHELL_VARIABLES.has(variable)) return [];
  return problem(name, `"${variable}" is a variable of the shell that runs the job`, 'Rename the parameter');
}

/** Staged inputs are removed at the end, and outputs are moved. Their paths must not have data of other executions. */
function placeProblems(transfer: ParameterTransfer, { chosen, paths }: Layout): Problem[] {
  const { name, path } = transfer;
  const volumes = [chosen.scratch, chosen.shared, chosen.tmp].flatMap((volume) => volume ?? []);
  const own = paths.workingDirectory;
  if (path === own || isOurs(path, own))
    return problem(
      name,
      `the local path "${transfer.local}" is the working directory itself, or a file of the service in it`,
      'Give a folder or file below the working directory',
    );
  // A volume may be mounted inside the shared volume. Only the volume of the path itself tells a shared input.
  if (isWithin(path, own) || ownerOf(path, volumes)?.role === 'shared') return [];
  return problem(
    name,
    `the local path "${path}" is outside of the working directory (${own}), and the clean-up of this demand would remove it`,
    'Give a relative path',
  );
}

/** Names that begin with `.demand.` at the top of the working directory are those of the service. */
function isOurs(path: string, own: string): boolean {
  return isWithin(path, own) && path.slice(own.length + 1).startsWith('.demand.');
}

/** An input inside an output would be moved with the results. */
function insideOutput(input: ParameterTransfer, output: ParameterTransfer): Problem[] {
  return problem(
    output.name,
    `the input "${input.name}" ("${input.local}") lies inside this output ("${output.local}"), and would be stored with it`,
    'Let the job write its results to a folder of their own',
  );
}

/** The destination of an output mirrors the output: all other files there are removed. */
function wholeBucketProblems({ name, location }: ParameterTransfer): Problem[] {
  const object = s3ObjectOf(location);
  if (object?.key !== '') return [];
  return problem(
    name,
    `the destination is the whole bucket ${object.bucket}, and this output would remove all other objects in it`,
    'Give a prefix in the bucket',
  );
}

function destinationProblems({ inputs, outputs }: ResolvedParameters): Problem[] {
  const inPrefixes = outputs.filter(({ location }) => s3ObjectOf(location)?.key !== '');
  return nestedPairs(inputs, inPrefixes, ({ location }) => placeOf(location)).flatMap(([input, output]) =>
    problem(
      output.name,
      `the destination ${output.remote} contains the input "${input.name}" (${input.remote}), and this output would overwrite or remove it`,
      'Give the output a destination apart from the inputs',
    ),
  );
}

function commandProblems(command: readonly string[]): Problem[] {
  const bytes = Buffer.byteLength(command.join(' '));
  if (bytes > COMMAND_BYTES)
    return [
      {
        pointer: '/execution_parameters/command',
        message: `the command has ${bytes} bytes, and Linux starts no shell with more than ${COMMAND_BYTES}`,
        remedy: 'Put the command into a file that is an input, and run that file',
      },
    ];
  if (command.some((words) => words.trim() !== '')) return [];
  return [
    {
      pointer: '/execution_parameters/command',
      message: 'the command has only white space',
      remedy: 'Give the command that the job runs',
    },
  ];
}

function imageProblems(image: string | undefined): Problem[] {
  if (image === undefined || image === '' || !/[\s"'\\]/.test(image)) return [];
  return [
    {
      pointer: '/execution_image',
      message: `${JSON.stringify(image)} contains white space or quotes, and the name of an image has neither`,
      remedy: 'Write the image as registry/repository:tag',
    },
  ];
}

function keyProblems({ name, location: { scheme, path } }: ParameterTransfer): Problem[] {
  const { maxPathBytes = Number.POSITIVE_INFINITY } = scheme;
  const bytes = Buffer.byteLength(path);
  if (bytes <= maxPathBytes) return [];
  return problem(
    name,
    `the key has ${bytes} bytes, and S3 accepts ${maxPathBytes}`,
    `Shorten the key by ${bytes - maxPathBytes} bytes`,
  );
}

function problem(name: string, message: string, remedy: string): Problem[] {
  return [{ pointer: pointerOf(...parameterAt(name)), message, remedy }];
}
