/** Options of the verbs on this machine. */
import { DemandValidationError } from '../src/errors';
import type { DemandRules } from '../src/rules/model';

export interface WorldOptions {
  readonly root: string;
  readonly runner: 'process' | 'docker';
  readonly seed?: string;
  /** The demand is checked with the rules of this stage. */
  readonly stage?: string;
  readonly json: boolean;
}

export interface RunCommandOptions extends WorldOptions {
  readonly inlineMaxBytes: number;
  readonly inlineMaxFiles: number;
  readonly stagingConcurrency: number;
  readonly batchConcurrency: number;
  /** The name of a test case in the mock file. Its answers replace tasks. */
  readonly mock?: string;
  readonly mockFile: string;
  /** Whether the colours of the job's lines stay. */
  readonly colours: boolean;
}

export interface SweepOptions {
  readonly root: string;
  readonly dryRun: boolean;
  /** Days since the last use; undefined for the defaults of a stage. */
  readonly days?: number;
  readonly json: boolean;
}

export interface ResumeOptions {
  readonly root: string;
  readonly runner: 'process' | 'docker';
  readonly inlineMaxBytes: number;
  readonly inlineMaxFiles: number;
  readonly json: boolean;
}

export interface SyncOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly delete: boolean;
  readonly checksum: boolean;
  /** False with `--no-record`: files with a record of an earlier comparison are read again. */
  readonly record: boolean;
  readonly dryRun: boolean;
  readonly concurrency: number;
  readonly json: boolean;
}

/** The option that keeps the colours of the job's lines. All other hidden characters are shown in any case. */
export const COLOURS: [flags: string, description: string, byDefault: boolean] = [
  '--colours',
  "keep the colours of the job's lines",
  false,
];
/** Returns the rules of the stage that the options name. @throws DemandValidationError when they cannot be read */
export async function stageOptions({
  stage,
}: Pick<WorldOptions, 'stage'>): Promise<{ readonly rules?: DemandRules }> {
  if (stage === undefined) return {};
  // The schema of the configuration loads longer than a check of a demand takes.
  const { readRulesOfStage } = await import('./stage-rules');
  const read = await readRulesOfStage(stage);
  if (read.status !== 'READ') throw new DemandValidationError([read.problem]);
  return { rules: read.rules };
}
