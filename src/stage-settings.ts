/** The settings of a stage, shared by all its executions. */
export interface StageSettings {
  /** The value of the tag `env_base` of our file systems, and the start of the names of our job definitions. */
  readonly envBase: string;
  readonly region: string;
  /** The container path of file systems without a path in the request; `/opt/efs` by default. */
  readonly containerRoot?: string;
  /**
   * The secrets that a demand may name: ARNs, or beginnings of ARNs with a `*` at the end. Default: no secret.
   * `secrets.allowed` in the configuration of the stage.
   */
  readonly allowedSecrets?: readonly string[];
}
