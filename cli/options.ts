/** What the verbs are given on the command line. */
export interface WorldOptions {
  readonly root: string;
  readonly runner: 'process' | 'docker';
  readonly seed?: string;
  readonly json: boolean;
}

export interface RunCommandOptions extends WorldOptions {
  readonly inlineMaxBytes: number;
  readonly inlineMaxFiles: number;
  readonly stagingConcurrency: number;
  readonly batchConcurrency: number;
  /** A test case of the mock file, whose answers stand in for tasks. */
  readonly mock?: string;
  readonly mockFile: string;
}

export interface SyncOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly delete: boolean;
  readonly checksum: boolean;
  /** With `--no-record`, contents that were compared before are read again. */
  readonly record: boolean;
  readonly dryRun: boolean;
  readonly concurrency: number;
  readonly json: boolean;
}
