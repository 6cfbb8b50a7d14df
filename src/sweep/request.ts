/** The request to sweep: what the sweeper removes, and after how many days. A stage's configuration gives the defaults. */
import * as v from 'valibot';
import { VOLUME_ROLES } from '../efs/model';
import type { Problem } from '../errors';
import { days } from '../paths/request';
import { isJsonObject, pointerOf } from '../wire/json';
import { toSnakeCase } from '../wire/names';
import { flag, integer, listOf, model, optional, requiredText, text } from '../wire/schema';
import { DEFAULT_SWEEP } from './defaults';

const volumePath = v.pipe(
  text(),
  v.regex(/^\/(?!(?:.*\/)?\.\.?(?:\/|$))[^\0]*$/s, 'an absolute path of a file system, without "." and ".."'),
);

/** The rules of one volume. They have the names of the original's scanner where it has them. */
const RULES = {
  role: v.picklist(VOLUME_ROLES, '"scratch", "shared" or "tmp"'),
  /** Units whose last use is at least so many days ago are removed. */
  daysSinceLastAccessed: days(),
  /** The level below the path at which a unit begins. */
  minDepth: v.optional(integer(1), 1),
  /** The deepest level of a unit: a folder that is in use is divided down to this level. Scratch is never divided. */
  maxDepth: v.optional(integer(1), 1),
  /** Bytes that stay: units over age are removed only while the volume has more. */
  minSizeBytesAllowed: v.optional(integer(), 0),
  /** Above so many bytes the least recently used units go, too. No limit by default. */
  maxSizeBytes: optional(integer()),
};

/** One volume: the folder in its file system, and its rules. */
const sweptVolumeSchema = model({ path: volumePath, ...RULES });

/** The rules of a role. Without a path they are for the folders of all access points that the stage lists for the role. */
const ROLE_FIELDS = { path: optional(volumePath), ...RULES };
const roleRulesSchema = model(ROLE_FIELDS);

export type SweptVolumeRequest = v.InferOutput<typeof sweptVolumeSchema>;

const FIELDS = {
  /** True: the report tells what a sweep would remove, and nothing is removed. */
  dryRun: v.optional(flag(), false),
  volumes: listOf(roleRulesSchema),
  /** Days for which a working directory with outputs that are not stored is kept. */
  keptDays: v.optional(days(), DEFAULT_SWEEP.keptDays),
  /** True: files and folders of the scratch volume without an owner are removed by their age, too. */
  unowned: v.optional(flag(), false),
  /** Days after which an upload in parts is aborted. */
  uploadDays: v.optional(days(), DEFAULT_SWEEP.uploadDays),
  /** Active revisions of a job definition that stay. */
  revisionsKept: v.optional(integer(1), DEFAULT_SWEEP.revisionsKept),
};

export const sweepRequestSchema = model(FIELDS);

export type SweepRequest = v.InferOutput<typeof sweepRequestSchema>;

/** One part of a sweep: a volume of a file system, or the records of the file system. */
export const sweptPartSchema = model({
  /** The index of the function that mounts the file system. */
  function: integer(),
  fileSystemId: requiredText(),
  volume: optional(sweptVolumeSchema),
  /** Paths of the other volumes of the file system. They are no part of this one. */
  others: v.optional(listOf(text()), []),
});

export type SweptPart = v.InferOutput<typeof sweptPartSchema>;

/** Returns the fields that a request does not have. Without this check, a sweep with a misspelt `dry_run` removes files. */
export function unknownFields(value: unknown, at: readonly string[]): readonly Problem[] {
  const volumes = isJsonObject(value) && Array.isArray(value.volumes) ? value.volumes : [];
  return [
    ...unknownIn(value, FIELDS, at),
    ...volumes.flatMap((volume, index) => unknownIn(volume, ROLE_FIELDS, [...at, 'volumes', String(index)])),
  ];
}

function unknownIn(value: unknown, fields: object, at: readonly string[]): readonly Problem[] {
  const names = Object.keys(fields).map(toSnakeCase);
  const given = isJsonObject(value) ? Object.keys(value) : [];
  return given
    .filter((name) => !names.includes(toSnakeCase(name)))
    .map((name) => ({
      pointer: pointerOf(...at, name),
      message: 'a sweep has no such field',
      remedy: `Its fields are ${names.join(', ')}`,
    }));
}
