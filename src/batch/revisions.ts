/** Revisions of a job definition: one for each content, however many executions ask for it at once. */
import { pythonJson } from '../python/json';
import type { JobDefinitions, JobDefinitionToRegister, RegisteredJobDefinition } from './model';

export interface DefinitionWorld {
  readonly jobDefinitions: JobDefinitions;
  /** Of one name, beyond which the oldest are deregistered. */
  readonly revisionsKept: number;
}

/** `<env_base>-<execution_type>-<sha256>`: made by this service, and nobody else's to miss. */
const OWN_NAME = /-[0-9a-f]{64}$/;

/**
 * The ARN of an active revision with this content; registered if there is none.
 *
 * Of equal revisions the oldest is everybody's: who registered a later one at the same time sees the
 * older, takes it, and withdraws its own, which nobody else can have taken.
 *
 * @param active revisions of this name, oldest first
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

/** Only when one came to them: an execution that found all as it was changes nothing. */
async function prune(
  revisions: readonly RegisteredJobDefinition[],
  taken: string,
  { jobDefinitions, revisionsKept }: DefinitionWorld,
): Promise<void> {
  const surplus = revisions.slice(0, Math.max(0, revisions.length - revisionsKept));
  for (const { arn } of surplus) if (arn !== taken) await jobDefinitions.deregister(arn);
}

/** Equal in everything that a job would notice; Batch gives back `retry` where `RETRY` was registered. */
export function isSameDefinition(one: JobDefinitionToRegister, other: JobDefinitionToRegister): boolean {
  return canonical(one) === canonical(other);
}

function canonical({ retryStrategy, ...definition }: JobDefinitionToRegister): string {
  const rules = retryStrategy.evaluateOnExit?.map((rule) => ({ ...rule, action: rule.action.toUpperCase() }));
  return pythonJson({ ...definition, retryStrategy: { ...retryStrategy, evaluateOnExit: rules ?? [] } });
}
