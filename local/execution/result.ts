/** The result of a run: its outputs, its times, and its failure. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { jobsOfOutput } from '../../src/batch/retries/ended-jobs';
import type { Layout } from '../../src/context/layout';
import { type ExecutionFailure, explainFailure } from '../../src/history/failure';
import { withoutEmpty } from '../../src/wire/json';
import type { ExecutionOutcome } from '../engine/engine';
import { LOCAL_FILE_SYSTEM_ID, type LocalRoot } from '../world/root';
import type { Attempt } from './attempts';
import type { DemandResult } from './events';
import type { Recorder } from './recorder';

export interface ResultContext {
  readonly executionId: string;
  readonly layout: Layout;
  readonly root: LocalRoot;
  readonly attempt: Attempt;
  readonly recorder: Recorder;
}

export async function toResult(outcome: ExecutionOutcome, context: ResultContext): Promise<DemandResult> {
  const { executionId, layout, root, attempt, recorder } = context;
  const { execution } = recorder;
  const phases = execution.phases();
  const totalMs = Object.values(phases).reduce((sum, ms) => sum + ms, 0);
  const workingDirectory = join(root.fileSystem('scratch'), executionId);
  const isKept = (await stat(workingDirectory).catch(() => undefined)) !== undefined;
  const outputs = layout.parameters.outputs.map(({ name, remote }) => ({
    name,
    remote,
    path: root.pathOfRemote(remote),
  }));
  const jobs = outcome.status === 'SUCCEEDED' ? jobsOfOutput(outcome.output) : [];
  return {
    executionId,
    status: outcome.status,
    outputs: outcome.status === 'SUCCEEDED' ? outputs : [],
    phases,
    totalMs,
    overheadMs: totalMs - phases.job,
    counts: execution.counts,
    ...(outcome.status === 'FAILED' && {
      failure: inLocalWords(explainFailure(outcome, recorder.lastLines), context),
    }),
    ...(jobs.length > 1 && { jobs }),
    ...(isKept && { workingDirectory }),
    ...withoutEmpty({ logProblem: recorder.logProblem }),
    records: attempt.folder,
  };
}

/** Puts local paths into the message, and names a missing output by its parameter. */
function inLocalWords(failure: ExecutionFailure, { layout, root }: ResultContext): ExecutionFailure {
  const local = (text: string) => text.replaceAll(`${LOCAL_FILE_SYSTEM_ID}:/`, `${join(root.path, 'efs')}/`);
  const { error, message } = failure;
  const { outputs } = layout.parameters;
  if (error === 'DataSourceMissing') {
    const missing = outputs.find(({ remote }) => message.includes(`copied to ${remote}. `));
    if (missing !== undefined)
      return {
        ...failure,
        message: `the job did not write its output "${missing.name}" (${missing.local}). There is nothing at ${missing.path}`,
      };
  }
  const unmatched = outputs.find(({ path }) => local(message).includes(` of ${path}`));
  if (error === 'FilterMatchesNothing' && unmatched !== undefined)
    return { ...failure, message: `the output "${unmatched.name}": ${local(message)}` };
  return { ...failure, message: local(message) };
}
