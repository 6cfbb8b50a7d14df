/** The interface of a place for the scenarios. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Hosts } from './hosts';

export interface Tier {
  /** Name of the tier in the output of the tests. */
  readonly name: string;
  /** Settings for the SDK's clients. */
  readonly settings: ClientSettings;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
  readonly stackName: string;
  readonly stateMachineArn: string;
  readonly eventBusName: string;
  readonly topicArn: string;
  readonly jobQueueName: string;
  /** Id of the demands' file system. */
  readonly fileSystemId: string;
  /** Bucket and prefix of the scenarios' objects. They use nothing else in the bucket. */
  readonly data: { readonly bucket: string; readonly prefix: string };
  /** Prefix of the names of executions and other resources of a run: a name stays occupied for 90 days. */
  readonly runId: string;
  /** Environment of the aws command line. */
  readonly environment: NodeJS.ProcessEnv;
  /** Folder of all file systems, when they are folders of this machine. */
  readonly fileSystems?: string;
  /** The hosts of the jobs, when the jobs run on this machine. */
  readonly hosts?: Hosts;
  /** Milliseconds between two polls: an account has a limited rate of calls. */
  readonly pollMs: number;
  stop(): Promise<void>;
}

export interface ClientSettings {
  readonly endpoint?: string;
  readonly region: string;
  /** Default: the credentials that the SDK finds. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
