/** What a task of AWS DataSync is made with, besides its locations. */
import type { CreateTaskCommandInput, ManifestConfig, Options } from '@aws-sdk/client-datasync';
import type { DataSyncTask } from '../../transfer/datasync/model';
import type { DataSyncSettings } from '../../transfer/datasync/settings';
import { parseLocation } from '../../transfer/location';
import { requireS3Object } from '../../transfer/schemes/s3';

type TaskInput = Omit<CreateTaskCommandInput, 'SourceLocationArn' | 'DestinationLocationArn'>;

/**
 * Enhanced mode is for transfers between S3 locations only, and has no limit of files there; with EFS on either
 * side it is Basic mode. https://docs.aws.amazon.com/datasync/latest/userguide/choosing-task-mode.html
 */
export function taskInputOf(task: DataSyncTask, settings: DataSyncSettings): TaskInput {
  const isEnhanced = task.source.kind === 's3' && task.destination.kind === 's3';
  // Enhanced mode logs to a group of its own, /aws/datasync.
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
    // Our own last step deletes: a task knows neither `keep_paths` nor whether all of the source has arrived.
    PreserveDeletedFiles: 'PRESERVE',
    LogLevel: logGroupArn === undefined ? 'OFF' : 'TRANSFER',
    ...(!isEnhanced && POSIX),
  };
}

/**
 * As our own engine, which copies content: a file at its destination is whose who wrote it, so the user of the access
 * point's; to set another owner, DataSync would have to be root there. Times are what TransferMode CHANGED compares.
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
  { manifestUri }: DataSyncTask,
  { bucketAccessRoleArn }: DataSyncSettings,
): ManifestConfig {
  const manifest = requireS3Object(parseLocation(manifestUri));
  return {
    Action: 'TRANSFER',
    Format: 'CSV',
    Source: {
      S3: {
        S3BucketArn: `arn:aws:s3:::${manifest.bucket}`,
        ManifestObjectPath: manifest.key,
        BucketAccessRoleArn: bucketAccessRoleArn,
      },
    },
  };
}
