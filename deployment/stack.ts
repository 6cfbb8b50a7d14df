/** Turns `config/<stage>.yml` into the values that serverless.yml reads as `${self:custom.stack.…}`. */
import { type JobSettings, writeJobSettings } from '../src/batch/retries/settings';
import { writeStageAccessPoints } from '../src/efs/stage-access-points';
import { envBaseOf } from '../src/machines/names';
import { alarmsOf } from './alarms';
import { dataBucketOf } from './buckets';
import { readConfig } from './config';
import { sweepRequestOf } from './config/sweep';
import { demandsOf } from './demands';
import { fileSystemsOf } from './file-systems';
import { jobQueueOf, jobRolesOf } from './job-queue';
import { networkOf } from './network';
import { secretsOf } from './secrets';
import { sub, type Value } from './template';

/** @throws Error with every mistake of the configuration */
export function stackOf(given: unknown, file: string, stage: string) {
  const config = readConfig(given, file);
  const envBase = envBaseOf(stage);
  const network = networkOf(config, envBase);
  const fileSystems = fileSystemsOf(config, network, envBase);
  const jobQueue = jobQueueOf(config, network, envBase);
  const jobRoles = jobRolesOf(config);
  const { resources: secretResources, ...secrets } = secretsOf(config);
  const { executionData, retentionDays } = config.logs;
  return {
    network: { subnetIds: network.subnetIds, securityGroupIds: network.securityGroupIds },
    mounts: fileSystems.mounts,
    // An environment variable: a text, with the ids of the stack's own resources in it.
    accessPoints: textWithIds(writeStageAccessPoints(fileSystems.accessPoints)),
    fileSystemIds: fileSystems.mounts.map(({ fileSystemId }) => fileSystemId),
    fileSystemArns: fileSystems.mounts.map(({ fileSystemArn }) => fileSystemArn),
    accessPointArns: fileSystems.mounts.map(({ accessPointArn }) => accessPointArn),
    demands: demandsOf(config),
    jobQueue: { arn: jobQueue.arn },
    // Roles that Batch gives to jobs: their own, and the role that reads their secrets.
    passedRoleArns: [...jobRoles.arns, ...(secrets.executionRoleArn ? [secrets.executionRoleArn] : [])],
    jobSettings: writeJobSettings(config.jobs as JobSettings),
    secrets: { executionRoleArn: '', ...secrets },
    logs: { executionData, retentionDays },
    // The state machines' files name both: statemachines/*.asl.yml.
    staging: config.staging,
    sweep: {
      schedule: config.sweep.schedule === 'off' ? 'rate(1 day)' : config.sweep.schedule,
      state: config.sweep.schedule === 'off' ? 'DISABLED' : 'ENABLED',
      request: JSON.stringify(sweepRequestOf(config.sweep)),
    },
    // Environment variables are strings.
    dataSync: {
      enabled: String(config.dataSyncEnabled),
      fromBytes: String(config.dataSyncFromBytes ?? ''),
      fromFiles: String(config.dataSyncFromFiles ?? ''),
      logGroupArn: config.dataSyncLogGroupArn ?? '',
    },
    resources: {
      Resources: {
        ...network.resources,
        ...fileSystems.resources,
        ...jobQueue.resources,
        ...jobRoles.resources,
        ...secretResources,
        ...dataBucketOf(config),
        ...alarmsOf(config, jobQueue.arn, envBase, retentionDays),
      },
      Outputs: outputsOf({ JobQueueArn: jobQueue.arn, FileSystemId: fileSystems.mounts[0]?.fileSystemId }),
    },
  };
}

function outputsOf(values: Readonly<Record<string, Value>>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { Value: value }]));
}

function textWithIds(text: string): Value {
  return text.includes('${') ? sub(text) : text;
}
