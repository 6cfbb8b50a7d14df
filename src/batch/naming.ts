/** Names of job definitions, jobs and volumes follow from a demand, so that a repeated demand finds its own. */
import { createHash } from 'node:crypto';
import type { Volume } from '../efs/model';
import { pythonJson } from '../python/json';

/** Characters of a volume name. A longer name could make a mount's state file unreadable for the efs-utils. */
const MAX_VOLUME_NAME = 24;

/** Hexadecimal digits of SHA-256. */
export const HASH_LENGTH = 64;

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

/** The length is known before the file systems are, as their ids do not change it. */
export function volumeNameLength(containerPath: string): number {
  return volumeName({ fileSystemId: '', accessPointId: '', containerPath }).length;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
