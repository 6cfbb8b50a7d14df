/** The stage to begin with: its demands may use every bucket that a user has made. Other stages keep their rules. */
export const OPEN_STAGE = 'local';

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
