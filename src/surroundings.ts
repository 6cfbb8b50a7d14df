/** What every job and every request of this deployment has around it. */
export interface Surroundings {
  /** Tag of our file systems, and beginning of our job definitions' names. */
  readonly envBase: string;
  readonly region: string;
  /** Where containers see file systems whose path a request does not give; `/opt/efs` by default. */
  readonly containerRoot?: string;
}

/** Variables of a job's environment, in the order of the contract: ours, the parameters, the account's. */
export type Environment = ReadonlyMap<string, string>;
