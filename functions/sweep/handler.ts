import { EFSClient } from '@aws-sdk/client-efs';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { AwsExecutions } from '../../src/adapters/aws/aws-executions';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { AwsRunningExecutions } from '../../src/adapters/aws/aws-running-executions';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { fileSweepWorld } from '../../src/adapters/files/file-sweep-world';
import { systemClock } from '../../src/adapters/system-clock';
import { sweep } from '../../src/steps/sweep';
import { fatesOf } from '../../src/sweep/fates';
import { lambdaCallTime } from '../call-time';
import { logged } from '../logging';
import { onMounts } from '../mounted';
import { routing, stateMachineArns } from '../settings';
import { volumesIn } from '../volumes';

const run = onMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));
const client = new SFNClient(CLIENT_SETTINGS);
const fates = fatesOf(new AwsExecutions(client));
const running = new AwsRunningExecutions(client, stateMachineArns);
/** Milliseconds by which a description of Step Functions may be late. */
const fenceMs = 5_000;

export const handler = logged((event: unknown, context: Context) =>
  run(async (mounts, signal) =>
    sweep(event, {
      ...fileSweepWorld(mounts),
      fates,
      running,
      clock: systemClock,
      time: lambdaCallTime(context),
      signal,
      settings: { mounts: await volumesIn(mounts), routing, fenceMs },
    }),
  ),
);
