/** The Batch API as this service needs it; implemented over AWS, and in process on a developer's machine. */

/** What RegisterJobDefinition takes, in AWS's own spelling. */
export interface JobDefinitionToRegister {
  readonly jobDefinitionName: string;
  readonly type: 'container';
  readonly parameters: Readonly<Record<string, string>>;
  readonly containerProperties: ContainerProperties;
  readonly retryStrategy: RetryStrategy;
  readonly tags: Readonly<Record<string, string>>;
  readonly propagateTags: boolean;
}

interface ContainerProperties {
  readonly image: string;
  readonly command: readonly string[];
  readonly jobRoleArn?: string;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly mountPoints: readonly MountedVolume[];
  readonly volumes: readonly EfsVolume[];
  readonly resourceRequirements: readonly ResourceRequirement[];
  readonly privileged: boolean;
  readonly ulimits: readonly never[];
  readonly secrets: readonly never[];
}

export interface MountedVolume {
  readonly containerPath: string;
  readonly readOnly: boolean;
  readonly sourceVolume: string;
}

export interface EfsVolume {
  readonly name: string;
  readonly efsVolumeConfiguration: {
    readonly fileSystemId: string;
    readonly rootDirectory: string;
    readonly transitEncryption: string;
    readonly authorizationConfig: { readonly accessPointId: string; readonly iam: string };
  };
}

export interface ResourceRequirement {
  readonly type: string;
  readonly value: string;
}

export interface RetryStrategy {
  readonly attempts: number;
  readonly evaluateOnExit?: readonly {
    readonly action: string;
    readonly onStatusReason?: string;
    readonly onReason?: string;
    readonly onExitCode?: string;
  }[];
}

export interface JobDefinitions {
  /** Active revisions of this name, as they were registered, oldest first. */
  active(name: string): Promise<readonly RegisteredJobDefinition[]>;
  /** The new revision's ARN. */
  register(definition: JobDefinitionToRegister): Promise<string>;
  /** No new job may name this revision; those that did go on. */
  deregister(arn: string): Promise<void>;
}

export interface JobQueues {
  /** Whether jobs can be submitted to it; undefined if there is no such queue. */
  isEnabled(nameOrArn: string): Promise<boolean | undefined>;
}

export interface RegisteredJobDefinition {
  readonly arn: string;
  readonly definition: JobDefinitionToRegister;
}

/** ECR of this account. */
export interface ImageRepositories {
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>`; undefined if there is no such repository. */
  uriOf(repositoryName: string): Promise<string | undefined>;
}
