/** Runs the steps of a function on its mounts, and notices a mount that does not answer. */
import { whileMountsAnswer } from '../src/adapters/files/mount-watch';
import { systemClock } from '../src/adapters/system-clock';
import type { FileSystemDirectory } from '../src/efs/model';
import { readMountSettings } from '../src/efs/mount-settings';
import type { MountPoint } from '../src/transfer/mounts';
import { lazyMounts } from './settings';

type Step<Result> = (mounts: readonly MountPoint[], signal: AbortSignal) => Promise<Result>;

/**
 * Returns the function that runs a step. The signal of a step is aborted when a mount does not answer: a warm process goes
 * on with the step when the mount answers again, and the state machine has called again by then.
 *
 * @throws FileSystemStalled, FileSystemMismatch and the errors of the step
 */
export function onMounts(directory: FileSystemDirectory): <Result>(step: Step<Result>) => Promise<Result> {
  const findMounts = lazyMounts(directory);
  // The proof of the mounts reads them, so it is watched, too.
  const watched = readMountSettings(process.env);
  return (step) =>
    whileMountsAnswer(watched, async (signal) => step(await findMounts(), signal), { clock: systemClock });
}
