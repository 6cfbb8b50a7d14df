/**
 * The configured file systems of an execution, and the choice among several candidates.
 *
 * The choice depends only on the execution's id, so every retry mounts the same file systems.
 */
import * as v from 'valibot';
import { pythonChoice } from '../python/random';
import { listOr, model, optional, text } from '../wire/schema';
import type { VolumeRole } from './model';

/** The default path of the file systems in a container. Each role has a folder in it. */
const CONTAINER_ROOT = '/opt/efs';

const candidateSchema = model({
  fileSystem: optional(text()),
  accessPoint: optional(text()),
  containerPath: optional(
    v.pipe(text(), v.regex(/^\/(?!(?:.*\/)?\.\.(?:\/|$))[^\0]*$/s, 'an absolute path without ".."')),
  ),
});

type Candidate = v.InferOutput<typeof candidateSchema>;

/** A single candidate may stand without a list. */
const candidates = listOr(
  candidateSchema,
  v.pipe(
    candidateSchema,
    v.transform((candidate) => [candidate]),
  ),
);
const oneOrMore = v.pipe(candidates, v.minLength(1, 'at least one configuration'));

export const fileSystemConfigurationsSchema = model({
  scratch: v.optional(oneOrMore, {}),
  shared: v.optional(oneOrMore, {}),
  tmp: v.optional(
    v.pipe(
      v.nullable(candidates),
      v.transform((given) => given ?? []),
    ),
    [],
  ),
  selectionStrategy: v.optional(v.literal('RANDOM', '"RANDOM"'), 'RANDOM'),
});

export type FileSystemConfigurations = v.InferOutput<typeof fileSystemConfigurationsSchema>;

/** One candidate with its defaults. The default access point has the name of the role. */
export interface ChosenCandidate {
  readonly role: VolumeRole;
  readonly fileSystem?: string;
  readonly accessPoint: string;
  readonly containerPath: string;
}

export interface ChosenCandidates {
  readonly scratch: ChosenCandidate;
  readonly shared: ChosenCandidate;
  readonly tmp?: ChosenCandidate;
}

/**
 * Chooses one candidate for each role. The role `tmp` has no candidate unless the request configures one.
 *
 * @param containerRoot the container path of candidates without a `containerPath`; `/opt/efs` by default
 */
export function chooseCandidates(
  configurations: FileSystemConfigurations,
  executionId: string,
  containerRoot: string | undefined = CONTAINER_ROOT,
): ChosenCandidates {
  const choose = (role: VolumeRole) => {
    const given = configurations[role];
    const chosen = given.length > 1 ? pythonChoice(`${executionId}#${role}`, given) : (given[0] ?? {});
    return withDefaults(role, chosen, containerRoot);
  };
  return {
    scratch: choose('scratch'),
    shared: choose('shared'),
    ...(configurations.tmp.length > 0 && { tmp: choose('tmp') }),
  };
}

function withDefaults(
  role: VolumeRole,
  { fileSystem, accessPoint, containerPath }: Candidate,
  containerRoot: string,
): ChosenCandidate {
  return {
    role,
    ...(fileSystem !== undefined && fileSystem !== '' && { fileSystem }),
    accessPoint: accessPoint || role,
    containerPath: normalised(containerPath || `${containerRoot}/${role}`),
  };
}

/** Returns the form in which all paths of an execution are compared: no `//`, no `.`, no slash at the end. */
function normalised(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return `/${segments.join('/')}`;
}
