import { BatchClient } from '@aws-sdk/client-batch';
import { EFSClient } from '@aws-sdk/client-efs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { AwsEndableJobs } from '../../src/adapters/aws/aws-endable-jobs';
import { AwsExecutionHistories } from '../../src/adapters/aws/aws-execution-histories';
import { AwsFileSystems } from '../../src/adapters/aws/aws-file-systems';
import { awsFunction } from '../../src/adapters/aws/aws-functions';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { fileKept } from '../../src/adapters/files/file-kept';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { workingDirectories } from '../../src/adapters/files/working-files';
import { mountedStores } from '../../src/adapters/stores';
import { systemClock } from '../../src/adapters/system-clock';
import { cleanUpAfter } from '../../src/steps/clean-up-after';
import { lambdaCallTime } from '../call-time';
import { logged } from '../logging';
import { s3Documents } from '../s3-documents';
import { documentsIn, layoutSettings, lazyMounts, required, routing, signal } from '../settings';
import { volumesIn } from '../volumes';

const findMounts = lazyMounts(new AwsFileSystems(new EFSClient(CLIENT_SETTINGS)));
const executions = new AwsExecutionHistories(new SFNClient(CLIENT_SETTINGS));
const jobs = new AwsEndableJobs(new BatchClient(CLIENT_SETTINGS));
const lambda = new LambdaClient(CLIENT_SETTINGS);
const transfers = {
  dataSyncTask: awsFunction(lambda, required('DATA_SYNC_TASK_FUNCTION')),
  dataSync: awsFunction(lambda, required('DATA_SYNC_FUNCTION')),
};
const trees = new FileTrees();
const documents = documentsIn(s3Documents);

export const handler = logged(async (event: unknown, context: Context) => {
  const mounts = await findMounts();
  const volumes = await volumesIn(mounts);
  return cleanUpAfter(event, {
    executions,
    jobs,
    transfers,
    trees,
    signal,
    directories: workingDirectories,
    documents,
    settings: { ...layoutSettings, mounts: volumes, routing },
    use: { leases: fileLeases({ mounts }), readers: fileReaders(mounts) },
    clock: systemClock,
    time: lambdaCallTime(context),
    stores: mountedStores(volumes),
    kept: fileKept(mounts),
  });
});
