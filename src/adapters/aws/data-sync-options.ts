/** Returns the settings of a task of AWS DataSync, without its locations. */
import type { CreateTaskCommandInput, ManifestConfig, Options } from '@aws-sdk/client-datasync';
import type { DataSyncTask } from '../../transfer/datasync/model';
import type { DataSyncSettings } from '../../transfer/datasync/settings';
import { requireS3Object } from '../../transfer/schemes/s3';

type TaskInput = Omit<CreateTaskCommandInput, 'SourceLocationArn' | 'DestinationLocationArn'>;

/**
 * Enhanced mode only copies between S3 locations, with any number of files. A transfer from or to EFS needs Basic mode.
 * https://docs.aws.amazon.com/datasync/latest/userguide/choosing-task-mode.html
 */
export function taskInputOf(task: DataSyncTask, settings: DataSyncSettings): TaskInput {
  const isEnhanced = task.source.kind === 's3' && task.destination.kind === 's3';
  // Enhanced mode logs to its own group, /aws/datasync.
  const logGroup =
    settings.logGroupArn !== undefined && !isEnhanced ? { CloudWatchLogGroupArn: settings.logGroupArn } : {};
  return {
    Name: task.name,
    TaskMode: isEnhanced ? 'ENHANCED' : 'BASIC',
    Options: optionsOf(task, settings, isEnhanced),
    ManifestConfig: manifestConfigOf(task, settings),
    ...logGroup,
  };
}

/** https://docs.aws.amazon.com/datasync/latest/userguide/API_Options.html */
function optionsOf(task: DataSyncTask, { logGroupArn }: DataSyncSettings, isEnhanced: boolean): Options {
  return {
    VerifyMode: 'ONLY_FILES_TRANSFERRED',
    OverwriteMode: 'ALWAYS',
    TransferMode: task.transferAll ? 'ALL' : 'CHANGED',
    // The last step of the data-sync machine deletes: a task knows neither `keep_paths` nor the end of the transfer.
    PreserveDeletedFiles: 'PRESERVE',
    LogLevel: logGroupArn === undefined ? 'OFF' : 'TRANSFER',
    ...(!isEnhanced && POSIX),
  };
}

/**
 * Copies content only, as the engine of the functions does. The owner of a copied file is its writer, the user of the
 * access point. To set another owner, DataSync would have to be root there. Times are kept: TransferMode CHANGED
 * compares them.
 */
const POSIX: Options = {
  Uid: 'NONE',
  Gid: 'NONE',
  PosixPermissions: 'NONE',
  PreserveDevices: 'NONE',
  Mtime: 'PRESERVE',
  Atime: 'BEST_EFFORT',
};

function manifestConfigOf(
  { manifest }: DataSyncTask,
  { bucketAccessRoleArn }: DataSyncSettings,
): ManifestConfig {
  const { bucket, key } = requireS3Object(manifest);
  return {
    Action: 'TRANSFER',
    Format: 'CSV',
    Source: {
      S3: {
        S3BucketArn: `arn:aws:s3:::${bucket}`,
        ManifestObjectPath: key,
        BucketAccessRoleArn: bucketAccessRoleArn,
      },
    },
  };
}
