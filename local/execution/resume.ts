/** Kept directories on this machine: lists them, and stores their outputs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileKept } from '../../src/adapters/files/file-kept';
import { readValidRequest } from '../../src/context/examine';
import { DemandValidationError, ExecutionAlreadyExists } from '../../src/errors';
import type { KeptDirectory } from '../../src/paths/kept';
import { LOCAL_ACCESS_POINTS } from '../world/file-systems';
import { LOCAL_RULES, LOCAL_STAGE, type LocalRoot } from '../world/root';
import { claimAttempt, lastInput } from './attempts';
import type { DemandResult } from './events';
import { localInput } from './input';
import { type DemandRunOptions, runAttempt } from './run';

/** A kept directory, with its path on this machine. */
export interface LocalKept extends KeptDirectory {
  readonly directory: string;
}

/** Returns the kept directories of a root, the oldest first. */
export async function listKept(root: LocalRoot): Promise<readonly LocalKept[]> {
  if (!existsSync(root.path)) return [];
  const found = await fileKept(root.mounts).list();
  return found.map(({ mount, kept }) => ({ ...kept, directory: mount.path + kept.path }));
}

/**
 * Stores the outputs of a kept directory, and then removes the directory. It runs the state machine as the next attempt of
 * the demand. The machine takes the directory over, so no sweep removes it, and goes on with StoreOutputs. After a failure
 * the directory stays kept.
 *
 * @throws DemandValidationError when the demand has no kept directory, or its job did not write an output
 * @throws ExecutionAlreadyExists when the demand is running
 */
export async function resumeDemand(executionId: string, options: DemandRunOptions): Promise<DemandResult> {
  const { root, runner, listener, rules = LOCAL_RULES } = options;
  const directory = join(root.fileSystem('scratch'), executionId);
  const kept = (await listKept(root)).find((each) => each.directory === directory);
  const document = await lastInput(root.executions, executionId);
  if (kept === undefined || document === undefined)
    throw refusal(`"${executionId}" has no kept directory`, 'See `demand list --kept`');
  if (kept.hasMissingOutput)
    throw refusal(
      `the job of "${executionId}" did not write an output`,
      `Copy the files out of ${directory} by hand, then run the demand again`,
    );
  const stage = { ...LOCAL_STAGE, accessPoints: LOCAL_ACCESS_POINTS, rules };
  const { layout } = readValidRequest(localInput(document, root, runner), stage);
  const claim = await claimAttempt(root.executions, executionId, { resume: executionId });
  if (claim.kind === 'running')
    throw new ExecutionAlreadyExists(`The demand "${executionId}" is running (process ${claim.pid})`);
  listener({ type: 'started', executionId, attempt: claim.attempt.number, root: root.path });
  const { attempt } = claim;
  return runAttempt({ document, executionId, layout, attempt, resumes: kept.execution }, options);
}

function refusal(message: string, remedy: string): DemandValidationError {
  return new DemandValidationError([{ pointer: '', message, remedy }]);
}
