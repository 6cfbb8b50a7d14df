/** The settings of the deployment that all jobs and requests share. */
export interface Surroundings {
  /** The value of the tag `env_base` of our file systems, and the start of the names of our job definitions. */
  readonly envBase: string;
  readonly region: string;
  /** The container path of file systems without a path in the request; `/opt/efs` by default. */
  readonly containerRoot?: string;
}

/** The variables of a job's environment, in the order of the contract: ours, the parameters, `ENV_BASE` and `AWS_REGION`. */
export type Environment = ReadonlyMap<string, string>;
