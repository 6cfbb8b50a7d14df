/**
 * The rules of a stage: what its demands may ask for. Packaging makes them from `config/<stage>.yml` (`demands`,
 * `buckets`, `jobQueue`, `jobRoleArns`). The functions read them from their environment.
 */
import type * as v from 'valibot';
import { flag, integer, listOf, model, optional, readModel, text, writeModel } from '../wire/schema';

/** Permits everything in a list of a rule. */
export const ANY = '*';

const demandRulesSchema = model({
  /** Names of the stage's buckets. The word `buckets` in the lists of places stands for them. */
  buckets: listOf(text()),
  /** Places in S3, see {@link Place}. A file system is never among them. */
  read: listOf(text()),
  write: listOf(text()),
  /** Places where a mirror or a move may remove objects. */
  remove: listOf(text()),
  /** ARNs. The first queue is the stage's own. Where no ARN is known, the list has names. */
  jobQueues: listOf(text()),
  /** Images, see {@link permitsImage}. */
  images: listOf(text()),
  /** The ECR registry of the account, for images without a registry. Absent where the account is not known. */
  registry: optional(text()),
  privileged: flag(),
  /** ARNs. */
  jobRoles: listOf(text()),
  maxMemoryMib: optional(integer()),
  maxVcpus: optional(integer()),
  maxGpus: optional(integer()),
  /** Seconds of one attempt of a job that a demand may ask for. */
  maxAttemptDurationSeconds: optional(integer()),
  /** The bucket of the service's own documents. A request may name a document there. */
  documents: optional(text()),
});

export type DemandRules = v.InferOutput<typeof demandRulesSchema>;

/** The settings of everything that checks a demand or a request. */
export interface RuleSettings {
  readonly rules: DemandRules;
}

export interface RuledWorld {
  readonly settings: RuleSettings;
}

/** The rules of a stage that restricts nothing. */
export const UNRESTRICTED: DemandRules = {
  buckets: [],
  read: [ANY],
  write: [ANY],
  remove: [ANY],
  jobQueues: [ANY],
  images: [ANY],
  privileged: true,
  jobRoles: [ANY],
};

/** Reads the text of {@link writeRules}. @throws DemandValidationError for an absent field, so that none means "any" */
export function readRules(json: string): DemandRules {
  return readModel(demandRulesSchema, JSON.parse(json));
}

/** Returns the rules as JSON, for an environment variable. */
export function writeRules(rules: DemandRules): string {
  return JSON.stringify(writeModel(demandRulesSchema, rules));
}
