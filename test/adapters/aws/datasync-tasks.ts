/** Tasks on moto's DataSync, with another bucket and file system for each test. */
import { ListTasksCommand } from '@aws-sdk/client-datasync';
import { AwsDataSync } from '../../../src/adapters/aws/aws-data-sync';
import type { DataSyncTask } from '../../../src/transfer/datasync/model';
import type { DataSyncSettings } from '../../../src/transfer/datasync/settings';
import { parseLocation } from '../../../src/transfer/location';
import { useDataSyncApi } from './datasync-api';

/** @param region a region for this test file alone: all test files share one moto */
export function useDataSyncTasks(region: string) {
  const api = useDataSyncApi();
  const settings = settingsIn(region);
  let count = 0;
  beforeEach(() => {
    count++;
  });
  const bucket = () => `bucket-${count}`;
  const fileSystemId = () => `fs-${count}`;
  const task = (changes: Partial<DataSyncTask> = {}): DataSyncTask => ({
    name: `test-${bucket()}`,
    source: { kind: 's3', bucket: bucket(), subdirectory: 'in/' },
    destination: { kind: 'efs', fileSystemId: fileSystemId(), subdirectory: '/scratch/in/' },
    manifest: parseLocation('s3://temp/manifests/one.csv'),
    transferAll: false,
    ...changes,
  });
  const tasksWith = (changes: Partial<DataSyncSettings> = {}) =>
    new AwsDataSync(api.client(region), { ...settings, ...changes });

  return {
    api,
    settings,
    bucket,
    fileSystemId,
    task,
    tasksWith,
    toS3: () => ({ kind: 's3', bucket: `${bucket()}-out`, subdirectory: '' }) as const,
    madeBy: (operation: string) => api.inputsOf(operation)[0],

    async running(of: DataSyncTask, tasks = tasksWith()): Promise<string> {
      const started = await tasks.start(of);
      if (started.status !== 'RUNNING') throw new Error(`is ${started.status}`);
      return started.executionArn;
    },

    async untilEnd(executionArn: string) {
      for (;;) {
        const execution = await tasksWith().describe(executionArn);
        if (execution.status !== 'RUNNING') return execution;
      }
    },

    async tasksNamed(name: string) {
      const { Tasks = [] } = await api.client(region).send(new ListTasksCommand({}));
      return Tasks.filter(({ Name }) => Name === name);
    },
  };
}

function settingsIn(region: string): DataSyncSettings {
  return {
    envBase: 'test',
    region,
    accountId: '111122223333',
    bucketAccessRoleArn: 'arn:aws:iam::111122223333:role/buckets',
    fileSystem: {
      accessRoleArn: 'arn:aws:iam::111122223333:role/files',
      subnetArn: `arn:aws:ec2:${region}:111122223333:subnet/subnet-1`,
      securityGroupArns: [`arn:aws:ec2:${region}:111122223333:security-group/sg-1`],
      accessPointArn: `arn:aws:elasticfilesystem:${region}:111122223333:access-point/fsap-12345678`,
    },
    fromBytes: 1,
    fromFiles: 1,
  };
}
