/** The buckets of a stage on the local API: those that its configuration lists, or all that exist. */
import { ListBucketsCommand, type S3Client } from '@aws-sdk/client-s3';
import { readRules, writeRules } from '../../src/rules/model';

type FunctionEnvironment = Readonly<Record<string, string>>;

/**
 * Returns the buckets that users have made.
 *
 * @param resources the resources of the stack: its own buckets are not those of its users
 */
export async function bucketsOfUsers(
  client: S3Client,
  resources: ReadonlyMap<string, string>,
): Promise<string[]> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand());
  const own = new Set(resources.values());
  return Buckets.flatMap(({ Name }) => Name ?? []).filter((name) => !own.has(name));
}

/** Adds buckets to those of the stage, in the rules of a function's environment. The lists of places stay. */
export function withBuckets(
  environment: FunctionEnvironment,
  buckets: readonly string[],
): FunctionEnvironment {
  const { DEMAND_RULES } = environment;
  if (DEMAND_RULES === undefined) return environment;
  const rules = readRules(DEMAND_RULES);
  const all = [...new Set([...rules.buckets, ...buckets])];
  return { ...environment, DEMAND_RULES: writeRules({ ...rules, buckets: all }) };
}
