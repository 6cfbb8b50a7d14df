/**
 * What the contract accepts and a whole execution refuses: it would fail after the data were moved, or
 * touch the data of others.
 */

import { BATCH_NAME_CHARACTER } from '../aws-limits';
import { environmentName } from '../demand/names';
import type { ResolvedParameters, Transfer } from '../demand/parameters';
import { parameterAt, type Refusal } from '../demand/refusals';
import type { ResourceRequirements } from '../demand/resources';
import type { ChosenCandidate } from '../efs/configuration';
import type { Problem } from '../errors';
import { contains } from '../transfer/location';
import { s3ObjectOf } from '../transfer/schemes/s3';
import { pointerOf } from '../wire/json';
import type { Layout } from './layout';
import { nestedOutputProblems } from './overlaps';
import { isWithin, joinPath } from './paths';
import type { Layable } from './request';

/** A job's command line has its paths unquoted (the contract says how it is written). */
const SPLIT_BY_SHELLS = /[\s*?[\]\\]/;
/** Read-only in bash, set anew by it, or needed to find programs: https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html */
const OF_THE_SHELL = new Set(
  'BASHOPTS BASHPID BASH_ENV BASH_VERSINFO EUID GROUPS IFS LINENO PATH PPID RANDOM SECONDS SHELLOPTS SRANDOM UID'.split(
    ' ',
  ),
);
/** Files that the service writes in a working directory. */
const RESERVED = ['.demand.env', '.demand.owner'];

/** Pointers are into the demand. */
export function demandHazards(layable: Layable, layout: Layout): Problem[] {
  const { parameters } = layout;
  const { inputs, outputs } = parameters;
  return [
    ...typeProblems(layable.executionType),
    ...idProblems(layable.executionId),
    ...imageProblems(layable.executionImage),
    ...resourceProblems(layable.resources),
    ...commandProblems(layable.parameters.command),
    ...Object.keys(layable.parameters.params).flatMap(shellNameProblems),
    ...[...inputs, ...outputs].flatMap((transfer) => placeProblems(transfer, layout)),
    ...inputs.flatMap((input) => insideOutput(input, parameters)),
    ...outputs.flatMap((output) => [...keyProblems(output), ...destinationProblems(output, parameters)]),
    ...nestedOutputProblems(parameters),
  ];
}

/** Pointers are into the scaffolding request. */
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
      message: `another volume is mounted at ${volume.containerPath} already`,
      remedy: 'Give each role a container_path of its own',
    })),
  ];
}

const BATCH_NAME_PART = new RegExp(`^${BATCH_NAME_CHARACTER.source}*$`);

/** The type becomes part of the job definition's name. */
function typeProblems(type: string | undefined): Problem[] {
  if (type === undefined || BATCH_NAME_PART.test(type)) return [];
  return [
    {
      pointer: '/execution_type',
      message: `"${type}" has characters that AWS Batch does not take in a name`,
      remedy: 'Use letters, digits, hyphens and underscores',
    },
  ];
}

function idProblems(id: string): Problem[] {
  return SPLIT_BY_SHELLS.test(id) ? [{ pointer: '/execution_id', ...splitByShells(id, 'execution_id') }] : [];
}

function splitByShells(value: string, name: string): Refusal {
  return {
    message: `${JSON.stringify(value)} holds white space or one of * ? [ ] \\, which a shell does not take as they are in a path`,
    remedy: `Take them out of the ${name}`,
  };
}

/** AWS Batch registers no container without them. */
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
  if (!OF_THE_SHELL.has(variable)) return [];
  return problem(name, `"${variable}" is a variable of the shell that runs the job`, 'Rename the parameter');
}

/** What is staged is removed in the end, and what is stored is moved away: neither may be another's. */
function placeProblems(transfer: Transfer, { chosen, paths }: Layout): Problem[] {
  const { name, direction, path } = transfer;
  const { scratch, shared, tmp } = chosen;
  const own = paths.workingDirectory;
  const volumes = [scratch, shared, tmp].flatMap((volume) => volume ?? []);
  const held = volumes.find(({ containerPath }) => isWithin(containerPath, path));
  if (held !== undefined)
    return problem(
      name,
      `its local path "${path}" is the whole volume ${held.role}, which holds the data of others`,
      'Give a folder or file of its own',
    );
  if (direction === 'output' && isWithin(path, shared.containerPath))
    return problem(
      name,
      `its local path "${path}" is in the shared volume, where no job can write and others read`,
      'Let the job write to its working directory',
    );
  if (path === own || RESERVED.some((reserved) => isWithin(path, joinPath(own, reserved))))
    return problem(
      name,
      `its local path "${transfer.local}" is that of the working directory itself, or of a file that the service keeps there`,
      'Give a folder or file below the working directory',
    );
  const isElsewhere = !isWithin(path, own) && !isWithin(path, shared.containerPath);
  if (!isElsewhere) return [];
  return problem(
    name,
    `its local path "${path}" is outside of this demand's working directory (${own}), and would be taken away with it`,
    'Give a relative path',
  );
}

/** Moved away with the results. */
function insideOutput(input: Transfer, { outputs }: ResolvedParameters): Problem[] {
  return outputs
    .filter((output) => isWithin(input.path, output.path))
    .flatMap((output) =>
      problem(
        output.name,
        `the input "${input.name}" ("${input.local}") lies inside this output ("${output.local}"), and would be stored with it`,
        'Let the job write its results to a folder of their own',
      ),
    );
}

/** A mirror removes what the job did not write. */
function destinationProblems(output: Transfer, { inputs }: ResolvedParameters): Problem[] {
  const { location } = output;
  const object = s3ObjectOf(location);
  if (object?.key === '')
    return problem(
      output.name,
      `its destination is the whole bucket ${object.bucket}, of which it would remove everything else`,
      'Give a prefix in it',
    );
  return inputs
    .filter((input) => contains(location, input.location))
    .flatMap((input) =>
      problem(
        output.name,
        `its destination ${output.remote} holds the input "${input.name}" (${input.remote}), which it would overwrite or remove`,
        'Give it a destination apart from the inputs',
      ),
    );
}

function commandProblems(command: readonly string[]): Problem[] {
  if (command.some((words) => words.trim() !== '')) return [];
  return [
    {
      pointer: '/execution_parameters/command',
      message: 'there is nothing in the command but white space',
      remedy: 'Say what the job is to run',
    },
  ];
}

function imageProblems(image: string | undefined): Problem[] {
  if (image === undefined || image === '' || !/[\s"'\\]/.test(image)) return [];
  return [
    {
      pointer: '/execution_image',
      message: `${JSON.stringify(image)} holds white space or quotes, which no image has in its name`,
      remedy: 'Write it as registry/repository:tag',
    },
  ];
}

function keyProblems({ name, location: { scheme, path } }: Transfer): Problem[] {
  const { maxPathBytes = Number.POSITIVE_INFINITY } = scheme;
  const bytes = Buffer.byteLength(path);
  if (bytes <= maxPathBytes) return [];
  return problem(
    name,
    `its key has ${bytes} bytes, and S3 takes ${maxPathBytes}`,
    `Shorten it by ${bytes - maxPathBytes}`,
  );
}

function problem(name: string, message: string, remedy: string): Problem[] {
  return [{ pointer: pointerOf(...parameterAt(name)), message, remedy }];
}
