/** Names of job definitions, jobs and volumes follow from a demand, so that a repeated demand finds its own. */
import { createHash } from 'node:crypto';
import type { Volume } from '../efs/model';
import type { Problem } from '../errors';
import { pythonJson } from '../python/json';

/** Characters of a volume name. A longer name could make a mount's state file unreadable for the efs-utils. */
const MAX_VOLUME_NAME = 24;

/**
 * Characters of the path of a mount's state file. ECS names the file after the job definition and the volume. The efs-utils
 * give the path to openssl, which opens no longer path.
 */
const NAME_BUDGET = 139;

/** Hexadecimal digits of SHA-256. */
const HASH_LENGTH = 64;

export interface NamedDemand {
  readonly envBase: string;
  readonly executionType: string;
  readonly executionImage: string;
  readonly command: readonly string[];
  readonly executionId: string;
  /** The parameters of the response, where inputs and outputs have absolute paths. */
  readonly params: Record<string, unknown>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Demands of the same type, image and command share a definition. */
export function jobDefinitionName({ envBase, executionType, executionImage, command }: NamedDemand): string {
  return `${envBase}-${executionType}-${sha256(pythonJson([executionType, executionImage, command]))}`;
}

/** Runs of the same demand share a job name. */
export function jobName(demand: NamedDemand): string {
  const { envBase, executionType, executionImage, command, executionId, params, inputs, outputs } = demand;
  const identity = [executionType, executionImage, command, executionId, params, inputs, outputs];
  return `${envBase}-${executionType}-${sha256(pythonJson(identity))}`;
}

/** Returns the last folder of the container path, and a hash that tells file systems apart. */
export function volumeName({
  fileSystemId,
  accessPointId,
  containerPath,
}: Pick<Volume, 'fileSystemId' | 'accessPointId' | 'containerPath'>): string {
  const hash = sha256(`${fileSystemId}|${accessPointId}|${containerPath}`).slice(0, 8);
  const folder = containerPath.split('/').at(-1) ?? '';
  const name = `${folder}-${hash}`.replaceAll(/[^A-Za-z0-9_-]/g, '-').replaceAll(/^-+|-+$/g, '') || 'vol';
  return name.length <= MAX_VOLUME_NAME ? name : `${name.slice(0, 15)}-${sha256(name).slice(0, 8)}`;
}

/** Checks the names of the definition and its volumes against the budget above. */
export function nameBudgetProblems(
  { envBase, executionType }: Pick<NamedDemand, 'envBase' | 'executionType'>,
  containerPaths: readonly string[],
): Problem[] {
  const definition = `${envBase}-${executionType}-`.length + HASH_LENGTH;
  const longest = Math.max(...containerPaths.map(volumeNameLength));
  const total = definition + 3 + longest;
  if (total <= NAME_BUDGET) return [];
  const excess = total - NAME_BUDGET;
  return [
    {
      pointer: '/execution_type',
      message: `the job definition's name (${definition} characters) and the longest volume name (${longest}) exceed ${NAME_BUDGET} with the characters between them`,
      remedy: `Shorten execution_type, or the last folder of the container path, by ${excess} characters`,
    },
  ];
}

/** The length is known before the file systems are, as their ids do not change it. */
function volumeNameLength(containerPath: string): number {
  return volumeName({ fileSystemId: '', accessPointId: '', containerPath }).length;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
