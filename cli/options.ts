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
}
