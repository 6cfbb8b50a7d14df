/** Runs one demand on this machine, from its first check to its records. */
import { createWriteStream } from 'node:fs';
import { cp, mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileKept } from '../../src/adapters/files/file-kept';
import { ignoredFields } from '../../src/context/ignored-fields';
import type { Layout } from '../../src/context/layout';
import { describeError, refuseIfAny } from '../../src/errors';
import type { StagingConcurrency } from '../../src/machines/concurrency';
import type { DemandRules } from '../../src/rules/model';
import type { SourceLimits } from '../../src/transfer/source';
import type { EpochMs } from '../../src/units';
import { withoutEmpty } from '../../src/wire/json';
import { LocalJobDefinitions } from '../batch/job-definitions';
import { RUNNERS } from '../batch/runners';
import { type ExecutionOutcome, execute } from '../engine/engine';
import type { MockPath } from '../mocks/mock-file';
import { fittingName } from '../world/file-name';
import { localFileSystems } from '../world/file-systems';
import { LOCAL_RULES, type LocalRoot } from '../world/root';
import { readLocalSecret } from '../world/secrets';
import { type Attempt, claimAttempt, closeAttempt, noteJob, waitForResult } from './attempts';
import type { DemandResult, Listener } from './events';
import { examineDocument } from './examine';
import { localFunctions } from './functions';
import { localInput, type RunnerName } from './input';
import { JobLog } from './job-log';
import { Recorder } from './recorder';
import { takeReserve } from './reserve';
import { toResult } from './result';
import { transferReporter } from './transfers';

export interface DemandRunOptions {
  readonly root: LocalRoot;
  readonly runner: RunnerName;
  /** A folder of buckets to copy into the root first. */
  readonly seed?: string;
  /** Default: {@link LOCAL_RULES}. */
  readonly rules?: DemandRules;
  /** Transfers above these limits go through the data-sync state machine. */
  readonly inlineLimits: SourceLimits;
  /** The concurrency that a stage's configuration gives on AWS. It defaults to the stage's defaults. */
  readonly staging?: StagingConcurrency;
  /** An abort stops the job and cleans up. */
  readonly signal: AbortSignal;
  readonly listener: Listener;
  readonly hostEnvironment: Readonly<Record<string, string | undefined>>;
  readonly now: () => EpochMs;
  /** Answers that replace tasks. */
  readonly mocks?: MockPath;
}

/**
 * Runs a demand. When another process runs the same demand, this waits for its result.
 *
 * @throws DemandValidationError naming every mistake; nothing was created then
 * @throws ExecutionAlreadyExists when another demand with this id is running
 */
export async function runDemand(document: unknown, options: DemandRunOptions): Promise<DemandResult> {
  const { root, listener } = options;
  const { problems, request, layout } = await examineDocument(document, options);
  refuseIfAny(problems);
  if (request === undefined || layout === undefined)
    throw new TypeError('a demand without problems could not be read');
  const { executionId } = request.demandExecution;
  await root.create();
  const claim = await claimAttempt(root.executions, executionId, document);
  if (claim.kind === 'running') {
    listener({ type: 'attached', executionId, pid: claim.pid });
    const result = (await waitForResult(claim.attempt, options.signal)) as DemandResult | undefined;
    // The other process was killed. Now this process runs the demand.
    return result === undefined ? runDemand(document, options) : finish(result, listener);
  }
  const ignored = ignoredFields(document);
  listener({
    type: 'started',
    executionId,
    attempt: claim.attempt.number,
    root: root.path,
    ...(ignored.length > 0 && { ignoredFields: ignored }),
  });
  return runAttempt({ document, executionId, layout, attempt: claim.attempt }, options);
}

interface Run {
  readonly document: unknown;
  readonly executionId: string;
  readonly layout: Layout;
  readonly attempt: Attempt;
  /** The execution that kept the directory, when the machine only stores its outputs. */
  readonly resumes?: string;
}

export async function runAttempt(run: Run, options: DemandRunOptions): Promise<DemandResult> {
  const { attempt, executionId, layout } = run;
  const { root, listener } = options;
  const reserve = await takeReserve(attempt.folder);
  const log = new JobLog(createWriteStream(join(attempt.folder, 'job.log')));
  const recorder = new Recorder(listener, log);
  let outcome: ExecutionOutcome | undefined;
  let result: DemandResult;
  try {
    await prepareRoot(run, options);
    outcome = await executeDemand(run, options, recorder);
  } finally {
    await Promise.all([reserve.release(), recorder.close()]);
    const ended = outcome ?? {
      status: 'FAILED',
      error: 'LocalRunFailed',
      cause: 'The local run itself failed',
    };
    result = await toResult(ended, { executionId, layout, root, attempt, recorder });
    const problem = await keepRecords(run, recorder, result);
    result = { ...result, ...withoutEmpty({ recordsProblem: problem }) };
    if (outcome !== undefined) finish(result, listener);
  }
  return result;
}

/** Writes the records. @returns why they could not be written: a job may have removed their folder, or filled the disk */
async function keepRecords(run: Run, recorder: Recorder, result: DemandResult): Promise<string | undefined> {
  try {
    await mkdir(run.attempt.folder, { recursive: true });
    await writeRecords(run, recorder);
    await closeAttempt(run.attempt, result);
    return undefined;
  } catch (error) {
    return describeError(error).message;
  }
}

async function executeDemand(
  { document, executionId, layout, attempt, resumes }: Run,
  options: DemandRunOptions,
  recorder: Recorder,
) {
  const { root, runner, listener, now, hostEnvironment, signal, inlineLimits, staging, mocks } = options;
  const { rules = LOCAL_RULES } = options;
  const jobDefinitions = new LocalJobDefinitions();
  const name = attempt.number === 1 ? executionId : `${executionId}-${attempt.number}`;
  const input = { ...localInput(document, root, runner), ...withoutEmpty({ resumes }) };
  return execute('demand-execution', name, input, {
    functions: localFunctions({
      root,
      jobDefinitions,
      report: transferReporter(layout, listener, now),
      settings: { inlineLimits, rules },
    }),
    batch: {
      root,
      jobDefinitions,
      fileSystems: localFileSystems,
      runner: new RUNNERS[runner](hostEnvironment, (pid) => noteJob(attempt, pid)),
      readSecret: (reference) => readLocalSecret(reference, root),
      now,
      listener: recorder.jobListener(runner),
    },
    onEvent: (event) => recorder.record(event),
    signal,
    ...withoutEmpty({ staging, mocks }),
  });
}

/** Copies the seed into the root, and moves the working directory of an earlier attempt aside. */
async function prepareRoot(
  { attempt, executionId, resumes }: Run,
  { root, seed, listener }: DemandRunOptions,
): Promise<void> {
  if (resumes !== undefined) return;
  if (seed !== undefined) await cp(seed, root.s3, { recursive: true, preserveTimestamps: true });
  const scratch = root.fileSystem('scratch');
  const workingDirectory = join(scratch, executionId);
  const isLeft = (await stat(workingDirectory).catch(() => undefined)) !== undefined;
  if (!isLeft || attempt.previous === undefined) return;
  // The directory may have results that were not stored, so it stays. It may be incomplete, so the new run makes its own.
  const path = join(scratch, fittingName(executionId, `.attempt-${attempt.number - 1}`));
  const records = fileKept(root.mounts);
  const kept = (await records.list()).find(
    (each) => `${each.mount.path}${each.kept.path}` === workingDirectory,
  );
  await rename(workingDirectory, path);
  if (kept !== undefined) {
    await records.note({ ...kept.kept, directory: path });
    await records.drop(workingDirectory);
  }
  listener({ type: 'set-aside', path });
}

async function writeRecords({ attempt, document }: Run, recorder: Recorder): Promise<void> {
  await Promise.all([
    writeFile(join(attempt.folder, 'input.json'), `${JSON.stringify(document, null, 2)}\n`),
    writeFile(join(attempt.folder, 'history.json'), `${JSON.stringify(recorder.history, null, 2)}\n`),
  ]);
}

function finish(result: DemandResult, listener: Listener): DemandResult {
  listener({ type: 'finished', result });
  return result;
}
