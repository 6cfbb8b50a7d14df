/**
 * `config/<stage>.yml`: what a stage brings along and what its stack makes. Read when the service is packaged, and
 * never by a function; `schemas/generated/deployment-config.schema.json` is made from it.
 */
import * as v from 'valibot';
import {
  BATCH_NAME_CHARACTER,
  BATCH_NAME_CHARACTERS,
  MAP_CONCURRENCY,
  NEW_BUCKET_NAME,
  type STACK_RESOURCES,
} from '../src/aws-limits';
import { DEFAULT_STAGING } from '../src/machines/concurrency';
import { pointerOf } from '../src/wire/json';
import { accepting } from '../src/wire/schema';

const text = (pattern: RegExp, what: string) => v.pipe(v.string(what), v.regex(pattern, what));
const whole = (least: number, most: number) =>
  v.pipe(
    v.number(`a whole number of ${least} to ${most}`),
    v.integer(`a whole number of ${least} to ${most}`),
    v.minValue(least, `a whole number of ${least} to ${most}`),
    v.maxValue(most, `a whole number of ${least} to ${most}`),
  );
const list = <T extends v.GenericSchema>(item: T) => v.array(item, 'a list');
/** A misspelt key would be a default that nobody asked for. */
const object = <T extends v.ObjectEntries>(entries: T) =>
  v.strictObject(entries, (issue) =>
    issue.expected === 'never' ? `one of ${Object.keys(entries).join(', ')}` : 'an object with fields',
  );
const described = <T extends v.GenericSchema>(schema: T, description: string) =>
  v.pipe(schema, v.description(description));

const ID = '(?:[0-9a-f]{8}|[0-9a-f]{17})';
const subnetId = text(new RegExp(`^subnet-${ID}$`), 'a subnet id, subnet-...');
const securityGroupId = text(new RegExp(`^sg-${ID}$`), 'a security group id, sg-...');
const vpcId = text(new RegExp(`^vpc-${ID}$`), 'a VPC id, vpc-...');
const fileSystemId = text(new RegExp(`^fs-${ID}$`), 'a file system id, fs-...');
const accessPointArn = text(
  /^arn:aws:elasticfilesystem:[a-z0-9-]+:\d{12}:access-point\/fsap-[0-9a-f]{17}$/,
  'the ARN of an access point, with 17 hexadecimal digits',
);
const roleArn = text(/^arn:aws:iam::\d{12}:role\/.+$/, 'the ARN of a role');
const queueArn = text(/^arn:aws:batch:[a-z0-9-]+:\d{12}:job-queue\/.+$/, 'the ARN of a job queue');
const topicArn = text(/^arn:aws:sns:[a-z0-9-]+:\d{12}:.+$/, 'the ARN of an SNS topic');
const logGroupArn = text(/^arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:.+$/, 'the ARN of a log group');
const bucketName = text(new RegExp(`^${NEW_BUCKET_NAME.source}$`), 'the name of a bucket');
const cidr = text(
  /^\d{1,3}(\.\d{1,3}){3}\/(1[6-9]|2[0-4])$/,
  'an IPv4 block of /16 to /24, such as 10.64.0.0/20',
);
const email = text(/^[^@\s]+@[^@\s]+$/, 'an e-mail address');
const shortName = text(/^[a-z][a-z0-9]{0,15}$/, 'a short name of small letters and digits, a letter first');

/** `create` decides, so that a mistake is told about what was meant. */
function madeOrBrought<C extends v.GenericSchema, B extends v.GenericSchema>(created: C, brought: B) {
  return accepting(
    v.lazy((given): C | B =>
      typeof given === 'object' && given !== null && 'create' in given ? created : brought,
    ),
    (convert) => ({ anyOf: [convert(created), convert(brought)] }),
  );
}

const network = madeOrBrought(
  object({
    create: object({
      cidr: described(v.optional(cidr, '10.64.0.0/20'), 'Of the VPC; cut into four subnets.'),
      natGateway: described(
        v.optional(v.boolean('true or false'), false),
        'A way out, for jobs and images from the internet. Without, there are interface endpoints only.',
      ),
    }),
  }),
  object({
    vpcId: described(v.optional(vpcId), 'Needed when the stack makes file systems or a job queue.'),
    subnetIds: described(
      v.pipe(list(subnetId), v.minLength(1, 'at least one')),
      'Private ones, with a mount target in each zone.',
    ),
    securityGroupIds: described(
      v.pipe(list(securityGroupId), v.minLength(1, 'at least one')),
      'Let in by the mount targets on port 2049.',
    ),
  }),
);

const fileSystem = madeOrBrought(
  object({
    name: shortName,
    create: object({
      throughput: described(
        v.optional(v.picklist(['elastic', 'bursting'], 'elastic or bursting'), 'elastic'),
        'Elastic is paid for by the GB moved; bursting is limited by what is stored.',
      ),
      infrequentAccessAfterDays: described(
        v.optional(v.picklist([1, 7, 14, 30, 60, 90], '1, 7, 14, 30, 60 or 90'), 30),
        'What nobody has read for so long is stored for a tenth, and read for more.',
      ),
      backup: described(
        v.optional(v.boolean('true or false'), false),
        'Daily, by AWS Backup. Inputs are copies and outputs go to S3, so that there is nothing to lose.',
      ),
    }),
  }),
  object({ name: shortName, id: fileSystemId, rootAccessPointArn: accessPointArn }),
);

const jobQueue = madeOrBrought(
  object({
    create: object({
      name: described(
        v.optional(
          text(
            new RegExp(`^${BATCH_NAME_CHARACTER.source}{1,${BATCH_NAME_CHARACTERS}}$`),
            'a name for a queue',
          ),
        ),
        'Without, that of the stage.',
      ),
      maxVcpus: described(v.optional(whole(1, 100_000), 256), 'Of Spot, and once more of on-demand.'),
      instanceTypes: described(
        v.optional(
          v.pipe(list(text(/^[a-z0-9.-]+$/, 'an instance type or family')), v.minLength(1, 'at least one')),
          ['optimal'],
        ),
        'What Batch may choose from; images have to be of their architecture.',
      ),
      diskGib: described(v.optional(whole(30, 16_384), 100), 'Of an instance, for images and containers.'),
    }),
  }),
  object({ arn: queueArn }),
);

const buckets = madeOrBrought(
  object({
    create: object({
      name: described(v.optional(bucketName), 'Without, CloudFormation makes one up.'),
      keepOldVersionsDays: described(
        v.optional(whole(1, 3650), 30),
        'How long what was overwritten or deleted can be had back, and is paid for.',
      ),
    }),
    names: described(v.optional(list(bucketName), []), 'Others that demands may use.'),
  }),
  object({ names: v.pipe(list(bucketName), v.minLength(1, 'at least one')) }),
);

const alarms = object({
  topicArn: described(v.optional(topicArn), 'Of your own, which is told of alarms.'),
  email: described(v.optional(email), 'The stack makes a topic, and AWS asks this address for consent.'),
  failedExecutions: described(v.optional(whole(1, 1_000_000), 1), 'So many in five minutes are an alarm.'),
});

const logs = object({
  retentionDays: described(
    v.optional(
      v.picklist(
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
        'a retention of CloudWatch Logs, such as 30',
      ),
      30,
    ),
    'Of functions and state machines.',
  ),
  executionData: described(
    v.optional(v.boolean('true or false'), false),
    "Inputs and outputs of states in the machines' log: they hold the values of parameters, secrets among them.",
  ),
});

const staging = object({
  concurrency: described(
    v.optional(whole(1, MAP_CONCURRENCY), DEFAULT_STAGING.concurrency),
    'Inputs, or outputs, of one demand that are copied at once: a function for each.',
  ),
  batchConcurrency: described(
    v.optional(whole(1, MAP_CONCURRENCY), DEFAULT_STAGING.batchConcurrency),
    'Batches of one large transfer that are copied at once: a function for each.',
  ),
});

/** AWS DataSync copies what is too much even for many calls of a function: docs/engines.md. */
const dataSync = {
  dataSyncEnabled: v.optional(v.boolean('true or false'), false),
  dataSyncFromBytes: described(
    v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
    'Chosen from so many bytes on.',
  ),
  dataSyncFromFiles: described(
    v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
    'Chosen from so many files on.',
  ),
  dataSyncLogGroupArn: described(v.optional(logGroupArn), 'Basic mode logs every file to it.'),
};

/**
 * File systems of a stage. A function mounts one, so each has some forty resources of its own, and {@link STACK_RESOURCES}
 * is also for all other resources.
 */
const FILE_SYSTEMS = 5;

export const deploymentConfigSchema = object({
  $schema: v.optional(v.string()),
  network,
  fileSystems: described(
    v.pipe(
      list(fileSystem),
      v.minLength(1, 'one'),
      v.maxLength(FILE_SYSTEMS, 'five at most'),
      v.check(
        (all) => new Set(all.map(({ name }) => name)).size === all.length,
        'a name of its own for each',
      ),
    ),
    'What demands work on: the first one, unless a demand asks for another.',
  ),
  jobQueue,
  buckets,
  jobRoleArns: described(
    v.optional(list(roleArn), []),
    'The only roles that a demand may ask for as `job_role`. With none, one is made that may do nothing.',
  ),
  alarms: v.optional(alarms, {}),
  logs: v.optional(logs, {}),
  staging: v.optional(staging, {}),
  ...dataSync,
});

export type DeploymentConfig = v.InferOutput<typeof deploymentConfigSchema>;

/** @throws Error with every mistake in it, each with its place */
export function readConfig(given: unknown, file: string): DeploymentConfig {
  const read = v.safeParse(deploymentConfigSchema, given);
  const mistakes = read.success ? contradictions(read.output) : read.issues.map(describeIssue);
  if (!read.success || mistakes.length > 0)
    throw new Error(`${file} has mistakes:\n  ${mistakes.join('\n  ')}`);
  return read.output;
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const keys = (issue.path ?? []).map((item) => item.key as string | number);
  const at = pointerOf(...keys) || '(the file)';
  if (issue.expected === 'never') return `${at}: is not known; expected ${issue.message}`;
  if (issue.input === undefined) return `${at}: is missing`;
  return `${at}: expected ${issue.message}, got ${JSON.stringify(issue.input)}`;
}

/** What each field alone does not show. */
function contradictions({ network, fileSystems, jobQueue, alarms }: DeploymentConfig): string[] {
  const isMade = 'create' in network;
  const needsVpc = fileSystems.some((one) => 'create' in one) || 'create' in jobQueue;
  return [
    ...(isMade
      ? fileSystems.flatMap((one, index) =>
          'create' in one
            ? []
            : [
                `/fileSystems/${index}: a file system of yours has its mount targets in another VPC than the one that /network makes; bring that network, or create both`,
              ],
        )
      : []),
    ...(!isMade && needsVpc && network.vpcId === undefined
      ? ['/network/vpcId: is missing; the stack makes security groups for what it creates in there']
      : []),
    ...(alarms.topicArn !== undefined && alarms.email !== undefined
      ? ['/alarms: give topicArn or email; subscribe the address to your own topic']
      : []),
  ];
}
