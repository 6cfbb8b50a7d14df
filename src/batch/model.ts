/** The parts of the Batch API that this service uses, as ports: implemented over AWS, and in process for local runs. */

/** The request of RegisterJobDefinition, in AWS's own spelling. */
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
  readonly secrets: readonly JobSecret[];
  /** The role that reads the secrets. A definition without secrets has no such role. */
  readonly executionRoleArn?: string;
}

/** A variable of the job whose value the container agent reads from Secrets Manager or Parameter Store. */
export interface JobSecret {
  readonly name: string;
  /** The ARN of the secret. */
  readonly valueFrom: string;
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
  /** The active revisions of this name as they were registered, the oldest first. */
  active(name: string): Promise<readonly RegisteredJobDefinition[]>;
  /** @returns the new revision's ARN */
  register(definition: JobDefinitionToRegister): Promise<string>;
  /** After this no new job can use the revision. Jobs that use it go on. */
  deregister(arn: string): Promise<void>;
}

export interface JobQueues {
  /** @returns whether the queue accepts jobs; undefined when the queue does not exist */
  isEnabled(nameOrArn: string): Promise<boolean | undefined>;
}

export interface RegisteredJobDefinition {
  readonly arn: string;
  readonly definition: JobDefinitionToRegister;
}

/** The ECR repositories of this account. */
export interface ImageRepositories {
  /** @returns `<account>.dkr.ecr.<region>.amazonaws.com/<name>`; undefined when the repository does not exist */
  uriOf(repositoryName: string): Promise<string | undefined>;
}

/** The variables of a job, in the order of the contract: ours, the parameters, `ENV_BASE` and `AWS_REGION`. */
export type JobEnvironment = ReadonlyMap<string, string>;
