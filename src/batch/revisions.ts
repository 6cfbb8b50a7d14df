/** Revisions of a job definition: each content has one, also when many executions register it at once. */
import { pythonJson } from '../python/json';
import type { JobDefinitions, JobDefinitionToRegister, RegisteredJobDefinition } from './model';

export interface DefinitionSettings {
  /** The number of active revisions of one name. The oldest surplus ones are deregistered. */
  readonly revisionsKept: number;
}

export interface DefinitionWorld {
  readonly jobDefinitions: JobDefinitions;
  readonly settings: DefinitionSettings;
}

/** `<env_base>-<execution_type>-<sha256>`: a name of this service, whose revisions nothing else uses. */
const OWN_NAME = /-[0-9a-f]{64}$/;

/**
 * Finds an active revision with this content, or registers one.
 *
 * All executions use the oldest of equal revisions. An execution that has registered a later one sees the older one, uses
 * it, and deregisters its own, which no other execution can have used.
 *
 * @param active revisions of this name, the oldest first
 * @returns the revision's ARN
 */
export async function registerOnce(
  definition: JobDefinitionToRegister,
  active: readonly RegisteredJobDefinition[],
  world: DefinitionWorld,
): Promise<string> {
  const existing = findSame(active, definition);
  if (existing !== undefined) return existing.arn;
  const { jobDefinitions } = world;
  const arn = await jobDefinitions.register(definition);
  const now = await jobDefinitions.active(definition.jobDefinitionName);
  const first = findSame(now, definition)?.arn ?? arn;
  if (first !== arn) await jobDefinitions.deregister(arn);
  else if (OWN_NAME.test(definition.jobDefinitionName)) await prune(now, arn, world);
  return first;
}

function findSame(revisions: readonly RegisteredJobDefinition[], wanted: JobDefinitionToRegister) {
  return revisions.find(({ definition }) => isSameDefinition(definition, wanted));
}

/** Runs only after a registration: an execution that finds its revision changes nothing. */
async function prune(
  revisions: readonly RegisteredJobDefinition[],
  taken: string,
  { jobDefinitions, settings: { revisionsKept } }: DefinitionWorld,
): Promise<void> {
  const surplus = revisions.slice(0, Math.max(0, revisions.length - revisionsKept));
  for (const { arn } of surplus) if (arn !== taken) await jobDefinitions.deregister(arn);
}

/** Compares everything that a job would notice. Batch answers `retry` where `RETRY` was registered. */
export function isSameDefinition(one: JobDefinitionToRegister, other: JobDefinitionToRegister): boolean {
  return canonical(one) === canonical(other);
}

function canonical({ retryStrategy, ...definition }: JobDefinitionToRegister): string {
  const rules = retryStrategy.evaluateOnExit?.map((rule) => ({ ...rule, action: rule.action.toUpperCase() }));
  return pythonJson({ ...definition, retryStrategy: { ...retryStrategy, evaluateOnExit: rules ?? [] } });
}
