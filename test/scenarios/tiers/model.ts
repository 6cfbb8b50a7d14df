/** What the scenarios know of the place where they run. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';

export interface Tier {
  /** As the suite says where it has run. */
  readonly name: string;
  /** For any client of the SDK. */
  readonly settings: ClientSettings;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
  readonly stackName: string;
  readonly stateMachineArn: string;
  readonly eventBusName: string;
  readonly topicArn: string;
  readonly jobQueueName: string;
  /** What the demands work on, by its id in AWS. */
  readonly fileSystemId: string;
  /** Where scenarios read and write: nothing else in the bucket is theirs. */
  readonly data: { readonly bucket: string; readonly prefix: string };
  /** What executions and whatever else a run makes begin with: names are taken for 90 days. */
  readonly runId: string;
  /** For the aws command line. */
  readonly environment: NodeJS.ProcessEnv;
  /** The folder of all file systems, where they are folders on this machine. */
  readonly fileSystems?: string;
  /** Between two questions: an account has a budget of calls. */
  readonly pollMs: number;
  stop(): Promise<void>;
}

export interface ClientSettings {
  readonly endpoint?: string;
  readonly region: string;
  /** Otherwise those that the SDK finds. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
