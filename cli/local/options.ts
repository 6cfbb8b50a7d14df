export interface LocalOptions {
  /** The clone whose package is deployed. */
  readonly project: string;
  readonly root: string;
  readonly stage: string;
  readonly runner: 'process' | 'docker';
  readonly port: number;
  readonly seed?: string;
  readonly bucket: readonly string[];
}
