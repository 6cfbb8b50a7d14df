/**
 * What the contract accepts and a whole execution refuses: it would fail after the data were moved, or
 * touch the data of others.
 */

import { givenResources, type ResourceRequirements } from '../demand/model';
import { environmentName } from '../demand/names';
import type { Transfer } from '../demand/parameters';
import { parameterAt, type Refusal } from '../demand/refusals';
import type { ChosenCandidate } from '../efs/configuration';
import type { Problem } from '../errors';
import { parseLocation } from '../transfer/location';
import { pointerOf } from '../wire/json';
import type { Layout } from './layout';
import { nestedOutputProblems } from './overlaps';
import { isWithin } from './paths';
import type { Layable } from './request';

/** A job's command line has its paths unquoted (the contract says how it is written). */
const SPLIT_BY_SHELLS = /[\s*?[\]\\]/;
/** Read-only in bash, set anew by it, or needed to find programs: https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html */
const OF_THE_SHELL = new Set(
  'BASHOPTS BASHPID BASH_ENV BASH_VERSINFO EUID GROUPS IFS LINENO PATH PPID RANDOM SECONDS SHELLOPTS SRANDOM UID'.split(
    ' ',
  ),
);
/** "The maximum length of a key name is 1,024 bytes": https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** Pointers are into the demand. */
export function demandHazards(layable: Layable, { chosen, parameters }: Layout): Problem[] {
  const volumes = [chosen.scratch, chosen.shared, chosen.tmp].flatMap((volume) => volume ?? []);
  const transfers = [...parameters.inputs, ...parameters.outputs];
  return [
    ...typeProblems(layable.executionType),
    ...idProblems(layable.executionId),
    ...resourceProblems(layable.resources),
    ...Object.keys(layable.parameters.params).flatMap(shellNameProblems),
    ...transfers.flatMap((transfer) => placeProblems(transfer, volumes)),
    ...parameters.outputs.flatMap(keyProblems),
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

/** The type becomes part of the job definition's name. */
function typeProblems(type: string | undefined): Problem[] {
  if (type === undefined || /^[A-Za-z0-9_-]*$/.test(type)) return [];
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
  const given: Partial<Record<string, number>> = givenResources(resources);
  return (['memory', 'vcpus'] as const)
    .filter((name) => given[name] === undefined)
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

/** What is staged is removed in the end, and what is stored is moved away. */
function placeProblems({ name, direction, path }: Transfer, volumes: readonly ChosenCandidate[]): Problem[] {
  const held = volumes.find(({ containerPath }) => isWithin(containerPath, path));
  if (held !== undefined)
    return problem(
      name,
      `its local path "${path}" is the whole volume ${held.role}, which holds the data of others`,
      'Give a folder or file of its own',
    );
  const shared = volumes.find(({ role }) => role === 'shared')?.containerPath;
  if (direction === 'input' || shared === undefined || !isWithin(path, shared)) return [];
  return problem(
    name,
    `its local path "${path}" is in the shared volume, where no job can write and others read`,
    'Let the job write to its working directory',
  );
}

function keyProblems({ name, remote }: Transfer): Problem[] {
  const location = parseLocation(remote);
  const bytes = location.kind === 's3' ? Buffer.byteLength(location.key) : 0;
  if (bytes <= MAX_KEY_BYTES) return [];
  return problem(
    name,
    `its key has ${bytes} bytes, and S3 takes ${MAX_KEY_BYTES}`,
    `Shorten it by ${bytes - MAX_KEY_BYTES}`,
  );
}

function problem(name: string, message: string, remedy: string): Problem[] {
  return [{ pointer: pointerOf(...parameterAt(name)), message, remedy }];
}
