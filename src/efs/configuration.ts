/**
 * Which file systems an execution may use, and which of several candidates it gets.
 *
 * The choice depends on the execution's id alone, so every retry mounts the same ones.
 */
import * as v from 'valibot';
import { pythonChoice } from '../python/random';
import { listOr, model, optional, text } from '../wire/schema';
import type { Role } from './model';

/** Where containers see file systems, a folder a role, unless a request or the deployment says otherwise. */
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

/**
 * One candidate a role; none for `tmp` unless configured.
 *
 * @param containerRoot where containers see those without a path of their own
 */
export function chooseCandidates(
  configurations: FileSystemConfigurations,
  executionId: string,
  containerRoot: string | undefined = CONTAINER_ROOT,
): ChosenCandidates {
  const choose = (role: Role) => {
    const given = configurations[role];
    const chosen = given.length > 1 ? pythonChoice(`${executionId}#${role}`, given) : (given[0] ?? {});
    return fillIn(role, chosen, containerRoot);
  };
  return {
    scratch: choose('scratch'),
    shared: choose('shared'),
    ...(configurations.tmp.length > 0 && { tmp: choose('tmp') }),
  };
}

function fillIn(
  role: Role,
  { fileSystem, accessPoint, containerPath }: Candidate,
  containerRoot: string,
): ChosenCandidate {
  return {
    role,
    ...(fileSystem !== undefined && fileSystem !== '' && { fileSystem }),
    accessPoint: accessPoint || role,
    containerPath: tidied(containerPath || `${containerRoot}/${role}`),
  };
}

/** As every path of the execution is written, so that they can be compared: no `//`, no `.`, no slash at the end. */
function tidied(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return `/${segments.join('/')}`;
}
