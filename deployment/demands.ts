/** What demands may ask for: as rules for the functions, and as resources for their roles. */
import { ANY, type DemandRules, writeRules } from '../src/rules/model';
import { parsePlace } from '../src/rules/places';
import { withoutEmpty } from '../src/wire/json';
import type { DeploymentConfig } from './config';
import { imagePatterns } from './image-patterns';
import { sub, type Value } from './template';

export interface Demands {
  /** The value of the environment variable DEMAND_RULES. */
  readonly rules: Value;
  readonly bucketArns: readonly Value[];
  readonly readArns: readonly Value[];
  readonly writeArns: readonly Value[];
  readonly removeArns: readonly Value[];
  /** The buckets that uploads may be left in. Any bucket (`*`) is none of them, as it has no name. */
  readonly writeBuckets: readonly Value[];
  readonly writeBucketArns: readonly Value[];
  /** The objects of all three lists: a copy looks at its source and at its destination. */
  readonly openArns: readonly Value[];
  /** The marks that a move writes into its source: src/transfer/finish/moved-mark.ts. */
  readonly markArns: readonly Value[];
  readonly jobQueueArns: readonly Value[];
  /** The values of the condition key `batch:Privileged`. */
  readonly privileged: readonly string[];
  /** The values of the condition key `batch:Image`. */
  readonly images: readonly Value[];
}

/** Names that the configuration does not have. A text may contain references of `Fn::Sub`. */
interface Names {
  readonly buckets: readonly string[];
  readonly jobQueue: string;
  readonly jobRoles: readonly string[];
  readonly registry?: string;
  readonly documents?: string;
}

/** The ECR registry of the account. */
const REGISTRY = '${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com';
const ANY_QUEUE = 'arn:aws:batch:${AWS::Region}:${AWS::AccountId}:job-queue/*';

export function demandsOf(config: DeploymentConfig): Demands {
  const names = namesInTemplate(config);
  const { read, write, remove, jobQueueArns, privileged, images } = config.demands;
  const [readArns, writeArns, removeArns] = [read, write, remove].map((places) =>
    places.flatMap((place) => objectsOf(place, names)),
  ) as [string[], string[], string[]];
  const writeBuckets = write.flatMap((place) => bucketsOf(place, names)).filter((name) => name !== ANY);
  const marks = removeArns.filter((arn) => arn.endsWith('*')).map((arn) => `${arn}.moved.partial`);
  return {
    rules: sub(writeRules(rulesOf(config, names))),
    bucketArns: valuesOf(
      [...read, ...write, ...remove].flatMap((place) => bucketsOf(place, names)).map(arnOf),
    ),
    readArns: valuesOf(readArns),
    writeArns: valuesOf(writeArns),
    removeArns: valuesOf(removeArns),
    writeBuckets: valuesOf(writeBuckets),
    writeBucketArns: valuesOf(writeBuckets.map(arnOf)),
    openArns: valuesOf([...readArns, ...writeArns, ...removeArns]),
    markArns: valuesOf(marks),
    jobQueueArns: valuesOf(jobQueueArns.includes(ANY) ? [ANY_QUEUE] : [names.jobQueue, ...jobQueueArns]),
    privileged: privileged ? ['true', 'false'] : ['false'],
    images: valuesOf(imagePatterns(images, REGISTRY)),
  };
}

/**
 * Returns the rules of a stage as far as its configuration tells them, for the command line. Only CloudFormation knows
 * the name of a bucket without a name, and the ARNs of the queue and the role that the stack makes. For these, the rules
 * permit every value, and the functions of the stage check it.
 *
 * @param envBase the prefix of the names of the stage
 */
export function knownRulesOf(config: DeploymentConfig, envBase: string): DemandRules {
  const { buckets, jobQueue, jobRoleArns } = config;
  const made = 'create' in buckets ? [buckets.create.name ?? ANY] : [];
  return rulesOf(config, {
    buckets: [...buckets.names, ...made],
    jobQueue: 'create' in jobQueue ? (jobQueue.create.name ?? envBase) : jobQueue.arn,
    jobRoles: jobRoleArns.length > 0 ? jobRoleArns : [ANY],
  });
}

function namesInTemplate({ buckets, jobQueue, jobRoleArns }: DeploymentConfig): Names {
  return {
    buckets: [...buckets.names, ...('create' in buckets ? ['${DataBucket}'] : [])],
    jobQueue: 'create' in jobQueue ? '${JobQueue}' : jobQueue.arn,
    jobRoles: jobRoleArns.length > 0 ? jobRoleArns : ['${JobRole.Arn}'],
    registry: REGISTRY,
    documents: '${TempBucket}',
  };
}

function rulesOf({ demands }: DeploymentConfig, names: Names): DemandRules {
  const { jobQueueArns, maxMemoryMib, maxVcpus, maxGpus, ...others } = demands;
  const { buckets, jobQueue, jobRoles, registry, documents } = names;
  return {
    ...others,
    buckets,
    jobQueues: [jobQueue, ...jobQueueArns],
    jobRoles,
    ...withoutEmpty({ maxMemoryMib, maxVcpus, maxGpus, registry, documents }),
  };
}

/** Returns the resources of the objects of a place. `arn:aws:` is a literal, as in the state machines. */
function objectsOf(text: string, names: Names): string[] {
  const { key, isStart } = placeOf(text);
  const keys = isStart ? [`${key}*`] : key === '' ? ['*'] : [key, `${key}/*`];
  return bucketsOf(text, names).flatMap((bucket) => keys.map((each) => `${arnOf(bucket)}/${each}`));
}

function bucketsOf(text: string, { buckets }: Names): string[] {
  const { bucket } = placeOf(text);
  return bucket === undefined ? [...buckets] : [bucket];
}

function arnOf(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

function placeOf(text: string) {
  const place = parsePlace(text);
  if (place === undefined) throw new TypeError(`the configuration has a place in S3 that is none: ${text}`);
  return place;
}

function valuesOf(texts: readonly string[]): Value[] {
  return [...new Set(texts)].map((text) => (text.includes('${') ? sub(text) : text));
}
