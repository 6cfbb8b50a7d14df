/** Notices a mount that does not answer. Lambda's NFS mounts are "hard": a call on them waits for ever. */
import { open } from 'node:fs/promises';
import type { MonotonicClock } from '../../clock';
import { FileSystemStalled } from '../../errors';
import { NFS_LEASE } from '../../transfer/lease/claims';
import type { MountPoint } from '../../transfer/mounts';

/** Time between two looks. */
const LOOK_EVERY_MS = 30_000;
/** A holder of a lease that could not renew it for this time has lost it, so there is nothing left to wait for. */
const STALL_MS = NFS_LEASE.ttlMs;

export interface MountWatchWorld {
  readonly clock: MonotonicClock;
  /** Asks the file server about a folder. Default: opens the folder, as an NFS client asks the server at each open. */
  readonly look?: (path: string) => Promise<unknown>;
}

/**
 * Runs a task that uses mounts. An error of a mount is an answer, too: the task gets it by itself.
 *
 * @param task its signal is aborted when a mount has not answered: the task may go on when the mount answers again
 * @throws FileSystemStalled when a mount has not answered for three minutes; the task may hang for ever
 */
export async function whileMountsAnswer<T>(
  mounts: readonly Pick<MountPoint, 'path'>[],
  task: (signal: AbortSignal) => Promise<T>,
  world: MountWatchWorld,
): Promise<T> {
  const over = new AbortController();
  const stop = new AbortController();
  const stalled = new Promise<never>((_, reject) => {
    for (const mount of mounts)
      watch(mount, over.signal, world).catch((error) => {
        stop.abort(error);
        reject(error);
      });
  });
  try {
    return await Promise.race([task(stop.signal), stalled]);
  } finally {
    over.abort();
  }
}

async function watch(
  { path }: Pick<MountPoint, 'path'>,
  over: AbortSignal,
  world: MountWatchWorld,
): Promise<void> {
  const { clock, look = openFolder } = world;
  for (;;) {
    await clock.wait(LOOK_EVERY_MS, over);
    if (over.aborted) return;
    const answered = new AbortController();
    const answer = look(path).then(
      () => true,
      () => true,
    );
    const timeOut = clock.wait(STALL_MS, AbortSignal.any([over, answered.signal])).then(() => false);
    const isAnswer = await Promise.race([answer, timeOut]);
    answered.abort();
    if (!isAnswer && !over.aborted)
      throw new FileSystemStalled(
        `the file system at ${path} has not answered for ${STALL_MS / 1000} s. The call is repeated. If this stays, check the mount target and the network of the function`,
      );
  }
}

async function openFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.close();
}
