/**
 * Which file systems an execution may use, and which of several candidates it gets.
 *
 * The choice depends on the execution's id alone, so every retry mounts the same ones.
 */
import * as v from 'valibot';
import { pythonChoice } from '../python/random';
import { camelCased, listOf, model, optional, text } from '../wire/schema';
import type { Role } from './model';

const candidateSchema = camelCased(
  model({
    file_system: optional(text()),
    access_point: optional(text()),
    container_path: optional(
      v.pipe(text(), v.regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$)).*/, 'an absolute path without ".."')),
    ),
  }),
);

export type Candidate = v.InferOutput<typeof candidateSchema>;

const candidates = v.pipe(
  v.unknown(),
  v.transform((given) => (Array.isArray(given) ? given : [given])),
  listOf(candidateSchema),
);
const oneOrMore = v.pipe(candidates, v.minLength(1, 'at least one configuration'));

export const fileSystemConfigurationsSchema = camelCased(
  model({
    scratch: v.optional(oneOrMore, {}),
    shared: v.optional(oneOrMore, {}),
    tmp: v.optional(
      v.pipe(
        v.unknown(),
        v.transform((given) => given ?? []),
        candidates,
      ),
      [],
    ),
    selection_strategy: v.optional(v.literal('RANDOM', '"RANDOM"'), 'RANDOM'),
  }),
);

export type FileSystemConfigurations = v.InferOutput<typeof fileSystemConfigurationsSchema>;

/** One candidate with its defaults filled in: the access point is named after the role. */
export interface ChosenCandidate {
  readonly role: Role;
  readonly fileSystem?: string;
  readonly accessPoint: string;
  readonly containerPath: string;
}

export interface ChosenCandidates {
  readonly scratch: ChosenCandidate;
  readonly shared: ChosenCandidate;
  readonly tmp?: ChosenCandidate;
}

/** One candidate a role; none for `tmp` unless configured. */
export function chooseCandidates(
  configurations: FileSystemConfigurations,
  executionId: string,
): ChosenCandidates {
  const choose = (role: Role) => {
    const given = configurations[role];
    return fillIn(role, given.length > 1 ? pythonChoice(`${executionId}#${role}`, given) : (given[0] ?? {}));
  };
  return {
    scratch: choose('scratch'),
    shared: choose('shared'),
    ...(configurations.tmp.length > 0 && { tmp: choose('tmp') }),
  };
}

function fillIn(role: Role, { fileSystem, accessPoint, containerPath }: Candidate): ChosenCandidate {
  return {
    role,
    ...(fileSystem !== undefined && fileSystem !== '' && { fileSystem }),
    accessPoint: accessPoint || role,
    containerPath: trimSlashes(containerPath || `/opt/efs/${role}`),
  };
}

function trimSlashes(path: string): string {
  return `/${path.split('/').filter(Boolean).join('/')}`;
}
