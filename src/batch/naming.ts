/** Names of job definitions, jobs and volumes: they follow from a demand, so a repeat finds its own. */
import { createHash } from 'node:crypto';
import type { Volume } from '../efs/model';
import { pythonJson } from '../python/json';

/** Longest volume name, so that a mount's state file stays within what the efs-utils can open. */
const MAX_VOLUME_NAME = 24;

/** Hexadecimal digits of SHA-256. */
export const HASH_LENGTH = 64;

export interface NamedDemand {
  readonly envBase: string;
  readonly executionType: string;
  readonly executionImage: string;
  readonly command: readonly string[];
  readonly executionId: string;
  /** As the response has them, inputs and outputs with absolute paths. */
  readonly params: Record<string, unknown>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** One definition for every demand of this type, image and command. */
export function jobDefinitionName({ envBase, executionType, executionImage, command }: NamedDemand): string {
  return `${envBase}-${executionType}-${sha256(pythonJson([executionType, executionImage, command]))}`;
}

/** One job name for every run of the very same demand. */
export function jobName(demand: NamedDemand): string {
  const { envBase, executionType, executionImage, command, executionId, params, inputs, outputs } = demand;
  const identity = [executionType, executionImage, command, executionId, params, inputs, outputs];
  return `${envBase}-${executionType}-${sha256(pythonJson(identity))}`;
}

/** Last folder of the container path, and a hash that tells file systems apart. */
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

/** Before file systems are known: ids change a name, but not how long it is. */
export function volumeNameLength(containerPath: string): number {
  return volumeName({ fileSystemId: '', accessPointId: '', containerPath }).length;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
