/**
 * The schema of `config/<stage>.yml`: the existing resources of a stage, and the resources that its stack makes.
 * Packaging reads the file; functions never do. `schemas/generated/deployment-config.schema.json` is made from this
 * schema.
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
import { accessPointMistakes, accessPoints } from './config/access-points';
import { demands } from './config/demands';
import { described, list, object, queueArn, roleArn, text, whole, yesOrNo } from './config/fields';
import { jobs } from './config/jobs';
import { secrets } from './config/secrets';
import { sweep } from './config/sweep';

const ID = '(?:[0-9a-f]{8}|[0-9a-f]{17})';
const subnetId = text(new RegExp(`^subnet-${ID}$`), 'a subnet id, subnet-...');
const securityGroupId = text(new RegExp(`^sg-${ID}$`), 'a security group id, sg-...');
const vpcId = text(new RegExp(`^vpc-${ID}$`), 'a VPC id, vpc-...');
const fileSystemId = text(new RegExp(`^fs-${ID}$`), 'a file system id, fs-...');
const accessPointArn = text(
  /^arn:aws:elasticfilesystem:[a-z0-9-]+:\d{12}:access-point\/fsap-[0-9a-f]{17}$/,
  'the ARN of an access point, with 17 hexadecimal digits',
);
const topicArn = text(/^arn:aws:sns:[a-z0-9-]+:\d{12}:.+$/, 'the ARN of an SNS topic');
const logGroupArn = text(/^arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:.+$/, 'the ARN of a log group');
const bucketName = text(new RegExp(`^${NEW_BUCKET_NAME.source}$`), 'the name of a bucket');
const cidr = text(
  /^\d{1,3}(\.\d{1,3}){3}\/(1[6-9]|2[0-4])$/,
  'an IPv4 block of /16 to /24, such as 10.64.0.0/20',
);
const email = text(/^[^@\s]+@[^@\s]+$/, 'an e-mail address');
const shortName = text(
  /^[a-z][a-z0-9]{0,15}$/,
  'a short name of lower-case letters and digits, a letter first',
);

/** The field `create` selects the schema, so a mistake is reported for the intended one. */
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
      cidr: described(
        v.optional(cidr, '10.64.0.0/20'),
        'Address block of the VPC. Its four quarters are for subnets.',
      ),
      natGateway: described(
        v.optional(yesOrNo(), false),
        'A NAT gateway, for jobs and images from the internet. Without it, only interface endpoints lead to AWS.',
      ),
    }),
  }),
  object({
    vpcId: described(v.optional(vpcId), 'Required when the stack makes file systems or a job queue.'),
    subnetIds: described(
      v.pipe(list(subnetId), v.minLength(1, 'at least one')),
      'Private subnets with a mount target in each zone.',
    ),
    securityGroupIds: described(
      v.pipe(list(securityGroupId), v.minLength(1, 'at least one')),
      'Security groups that the mount targets admit on port 2049.',
    ),
  }),
);

const fileSystem = madeOrBrought(
  object({
    name: shortName,
    create: object({
      throughput: described(
        v.optional(v.picklist(['elastic', 'bursting'], 'elastic or bursting'), 'elastic'),
        'Elastic costs money for each moved GB. Bursting limits the throughput by the stored size.',
      ),
      infrequentAccessAfterDays: described(
        v.optional(v.picklist([1, 7, 14, 30, 60, 90], '1, 7, 14, 30, 60 or 90'), 30),
        'After so many days without a read, a file costs a tenth to store and more to read.',
      ),
      backup: described(
        v.optional(yesOrNo(), false),
        'Daily backups by AWS Backup. The files are copies of inputs, and outputs that also go to S3.',
      ),
      jobUserId: described(
        v.optional(whole(1, 4_294_967_294)),
        'POSIX user that all jobs have on this file system, whatever the user of their image. Default: the user of the image, often root.',
      ),
    }),
  }),
  object({ name: shortName, id: fileSystemId, rootAccessPointArn: accessPointArn, accessPoints }),
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
        'Name of the queue. Default: <stage>-demand.',
      ),
      maxVcpus: described(
        v.optional(whole(1, 100_000), 256),
        'At most so many vCPUs of Spot instances, and as many of on-demand instances.',
      ),
      instanceTypes: described(
        v.optional(
          v.pipe(list(text(/^[a-z0-9.-]+$/, 'an instance type or family')), v.minLength(1, 'at least one')),
          ['optimal'],
        ),
        'Types and families that Batch may start. Images must have their architecture.',
      ),
      diskGib: described(
        v.optional(whole(30, 16_384), 100),
        'Disk of an instance, for images and containers.',
      ),
    }),
  }),
  object({ arn: queueArn }),
);

const buckets = madeOrBrought(
  object({
    create: object({
      name: described(
        v.optional(bucketName),
        'Name of the bucket. By default CloudFormation invents a name.',
      ),
      keepOldVersionsDays: described(
        v.optional(whole(1, 3650), 30),
        'Days for which the bucket keeps, and costs, old versions of overwritten and deleted objects.',
      ),
    }),
    names: described(v.optional(list(bucketName), []), 'Existing buckets that demands may use.'),
  }),
  object({ names: v.pipe(list(bucketName), v.minLength(1, 'at least one')) }),
);

const alarms = object({
  topicArn: described(v.optional(topicArn), 'A topic of your own that gets the alarms.'),
  email: described(v.optional(email), 'The stack makes a topic, and AWS asks this address to confirm.'),
  failedExecutions: described(
    v.optional(whole(1, 1_000_000), 1),
    'So many failed executions within five minutes raise an alarm.',
  ),
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
    'Retention of the logs of functions and state machines.',
  ),
  executionData: described(
    v.optional(yesOrNo(), false),
    "Writes inputs and outputs of states to the machines' logs. They contain the values of parameters, but no value of a secret.",
  ),
});

const staging = object({
  concurrency: described(
    v.optional(whole(1, MAP_CONCURRENCY), DEFAULT_STAGING.concurrency),
    'Concurrent transfers of the inputs, or outputs, of one demand. Each occupies a function.',
  ),
  batchConcurrency: described(
    v.optional(whole(1, MAP_CONCURRENCY), DEFAULT_STAGING.batchConcurrency),
    'Concurrent batches of one large transfer. Each occupies a function.',
  ),
});

/** Settings of AWS DataSync, which copies transfers that are too large for functions: docs/engines.md. */
const dataSync = {
  dataSyncEnabled: v.optional(yesOrNo(), false),
  dataSyncFromBytes: described(
    v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
    'A transfer of so many bytes uses DataSync.',
  ),
  dataSyncFromFiles: described(
    v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
    'A transfer of so many files uses DataSync.',
  ),
  dataSyncLogGroupArn: described(v.optional(logGroupArn), 'Log group to which Basic mode logs every file.'),
};

/**
 * File systems of a stage at most. A function mounts one, so each file system has functions of its own: some forty
 * resources. {@link STACK_RESOURCES} limits all resources of a stack.

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
        'a unique name for each file system',
      ),
    ),
    'The file systems of demands. A demand uses the first one unless it names another.',
  ),
  jobQueue,
  buckets,
  jobRoleArns: described(
    v.optional(list(roleArn), []),
    'The only roles that a demand may name as `job_role`. By default the stack makes a role without rights.',
  ),
  secrets: v.optional(secrets, {}),
  jobs: described(v.optional(jobs, {}), 'Retries and time-outs of jobs.'),
  demands: described(v.optional(demands, {}), 'What a demand may ask for.'),
  alarms: v.optional(alarms, {}),
  logs: v.optional(logs, {}),
  staging: v.optional(staging, {}),
  sweep: v.optional(sweep, {}),
  ...dataSync,
});

export type DeploymentConfig = v.InferOutput<typeof deploymentConfigSchema>;

/** @throws Error with every mistake and its place in the file */
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

/** Returns the mistakes of fields that exclude or need each other. */
function contradictions({ network, fileSystems, jobQueue, alarms }: DeploymentConfig): string[] {
  const isMade = 'create' in network;
  const needsVpc = fileSystems.some((one) => 'create' in one) || 'create' in jobQueue;
  return [
    ...accessPointMistakes(fileSystems),
    ...(isMade
      ? fileSystems.flatMap((one, index) =>
          'create' in one
            ? []
            : [
                `/fileSystems/${index}: an existing file system has its mount targets in another VPC than /network/create makes; name the existing network, or create both`,
              ],
        )
      : []),
    ...(!isMade && needsVpc && network.vpcId === undefined
      ? [
          '/network/vpcId: is missing; the stack needs the VPC for the security groups of the resources that it makes',
        ]
      : []),
    ...(alarms.topicArn !== undefined && alarms.email !== undefined
      ? ['/alarms: give topicArn or email; subscribe the address to your own topic']
      : []),
  ];
}
