import * as v from 'valibot';
import { buildContext } from '../context/context';
import { soundRequest } from '../context/examine';
import type { LayoutOptions } from '../context/layout';
import { type Documents, readWrittenRequest } from '../context/references';
import { isElsewhere } from '../efs/served';
import { volumesSchema } from '../efs/wire';
import { JobStillRunning, RemovalFailed } from '../errors';
import type { Executions } from '../events/executions';
import { findRemains, type Remains } from '../events/remains';
import type { RemovalWorld } from '../transfer/remove';
import { withoutEmpty } from '../wire/json';
import { model, readModel, requiredText } from '../wire/schema';
import {
  abandonBatches,
  type CleanUpTransfersWorld,
  endDataSyncTasks,
  unfinishedTransfers,
} from './clean-up-transfers';
import { removeDataPaths } from './remove-data-paths';

export interface CleanUpWorld extends LayoutOptions, RemovalWorld, CleanUpTransfersWorld {
  readonly executions: Pick<Executions, 'describe' | 'history' | 'stop'>;
  readonly jobs: EndableJobs;
  readonly directories: OwnedDirectories;
  readonly documents: Documents;
  wait(milliseconds: number): Promise<void>;
  /** Of this call. */
  remainingMs(): number;
}

export interface EndableJobs {
  /** By id: SUCCEEDED, FAILED, or a status on the way there; those that Batch has forgotten are left out. */
  statuses(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Of a queue, in any status. */
  named(name: string, queue: string): Promise<readonly CreatedJob[]>;
  terminate(id: string, reason: string): Promise<void>;
}

export interface CreatedJob {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface OwnedDirectories {
  /** Undefined when nothing is there. */
  inspect(path: string): Promise<{ readonly owner?: string } | undefined>;
}

const ENDED = new Set(['SUCCEEDED', 'FAILED']);
const FAILURES = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);
const POLL_MS = 5_000;
/** For what comes after the job: the removal takes its own time, and is taken up again by the next call. */
const LEAST_MS = 60_000;
/** What was asked for just before the end may be made just after it. */
const IN_FLIGHT_MS = 10_000;
/** The time-out of BuildContext's function, which nothing stops with the execution. */
const BUILDING_MS = 60_000;

const eventSchema = model({ detail: model({ executionArn: requiredText() }) });
const contextSchema = model({ request: v.unknown(), efs: model({ volumes: volumesSchema }) });

/**
 * The end of an execution that did not succeed, as Step Functions tells of it, in. Ends what is still running for it
 * and removes what it has left, where the machine itself could not: after a stop, a time-out, too much data in its
 * state, or an error of its definition, none of which it can catch.
 *
 * Where it could, this finds nothing. Results that are not stored yet stay, as they do when storing them fails.
 *
 * @returns `{status: REMOVED | KEPT | NOTHING_LEFT | GOES_ON}`
 * @throws JobStillRunning, RemovalFailed, DataPathInUse, and whatever AWS fails with: it is to be called again
 */
export async function cleanUpAfter(event: unknown, world: CleanUpWorld) {
  const { executionArn } = readModel(eventSchema, event).detail;
  const { status, endedAt } = await world.executions.describe(executionArn);
  if (!FAILURES.has(status)) return { status: 'GOES_ON' };
  const remains = await findRemains(world.executions.history(executionArn));
  for (const child of remains.children) await world.executions.stop(child, reasonOf(executionArn));
  const transfers = await unfinishedTransfers(remains.children, world);
  await endDataSyncTasks(transfers, world);
  const answer = await removeRemains(remains, { executionArn, endedAt }, world);
  // Last, as it keeps nobody from writing, and its failure nothing from being removed.
  await abandonBatches(transfers, world);
  return answer;
}

interface Ended {
  readonly executionArn: string;
  readonly endedAt: number | undefined;
}

async function removeRemains(remains: Remains, { executionArn, endedAt }: Ended, world: CleanUpWorld) {
  const jobs = [...remains.jobs, ...(await unknownJobs(remains, endedAt, world))];
  const isJobDone = await endJobs(jobs, executionArn, world);
  const release = () => removeDataPaths({ paths: [], reader: executionArn }, world);
  const isUnstored = remains.storing === 'begun' || (isJobDone && remains.storing === 'not begun');
  if (isUnstored || !(await isOwn(remains, executionArn, world))) {
    await release();
    return { status: isUnstored ? 'KEPT' : 'NOTHING_LEFT' };
  }
  const { remove_data_paths_requests: removals } = (await rebuild(remains, world)).response.cleanup_configs;
  // Each file system's function is told of the same end, and removes what is there.
  const requests = removals.map(({ paths }) => ({
    paths: paths.filter((path) => !isElsewhere(path, world.served)),
  }));
  return { status: 'REMOVED', ...(await removeDataPaths({ requests, reader: executionArn }, world)) };
}

/** A job's name is that of another attempt's job, too; this execution's was made while it ran. */
async function unknownJobs(
  { askedJob }: Remains,
  endedAt = Number.POSITIVE_INFINITY,
  { jobs }: CleanUpWorld,
) {
  if (askedJob === undefined) return [];
  const { name, queue, askedAt } = askedJob;
  const isOurs = ({ createdAt }: CreatedJob) => createdAt >= askedAt && createdAt <= endedAt + IN_FLIGHT_MS;
  return (await jobs.named(name, queue)).filter(isOurs).map(({ id }) => id);
}

/** @returns whether one has succeeded: what it wrote is there then */
async function endJobs(ids: readonly string[], executionArn: string, world: CleanUpWorld): Promise<boolean> {
  const asked = new Set<string>();
  for (;;) {
    const statuses = await statusesOf(ids, world);
    const running = [...statuses].filter(([, status]) => !ENDED.has(status)).map(([id]) => id);
    if (running.length === 0) return [...statuses.values()].includes('SUCCEEDED');
    for (const id of running.filter((each) => !asked.has(each))) {
      await world.jobs.terminate(id, reasonOf(executionArn));
      asked.add(id);
    }
    if (world.remainingMs() < LEAST_MS) throw stillRunning(running);
    await world.wait(POLL_MS);
  }
}

async function statusesOf(ids: readonly string[], { jobs }: CleanUpWorld) {
  return ids.length === 0 ? new Map<string, string>() : jobs.statuses(ids);
}

function stillRunning(ids: readonly string[]): JobStillRunning {
  return new JobStillRunning(
    `The job ${ids.join(', ')} was told to stop and has not yet, so nothing was removed from under it. ` +
      'Send the event again once it has ended',
  );
}

/** Nobody else's directory is ever removed, and a part of one that names nobody is told of. */
async function isOwn(remains: Remains, executionArn: string, world: CleanUpWorld): Promise<boolean> {
  if (remains.contextInput === undefined) return false;
  const { workingDirectory } = await rebuild(remains, world);
  if (workingDirectory === undefined) return false;
  const found = await inspectOnceBuilt(workingDirectory, remains, world);
  if (found === undefined) return false;
  if (found.owner === undefined && remains.wasBuilt)
    throw new RemovalFailed(
      `${workingDirectory} was removed in part and names no execution any more. Remove what is left of it`,
    );
  return found.owner === executionArn;
}

/** What is not there yet may still come, with its owner's name in it. */
async function inspectOnceBuilt(path: string, { isBeingBuilt }: Remains, world: CleanUpWorld) {
  let found = await world.directories.inspect(path);
  for (let waited = 0; isBeingBuilt && found === undefined && waited < BUILDING_MS; waited += POLL_MS) {
    await world.wait(POLL_MS);
    found = await world.directories.inspect(path);
  }
  return found;
}

/** The context as BuildContext made it, from the same input, without making anything. */
async function rebuild({ contextInput = '{}' }: Remains, world: CleanUpWorld) {
  const { request: given, efs } = readModel(contextSchema, JSON.parse(contextInput));
  const request = await readWrittenRequest(given, world.documents);
  return buildContext(soundRequest(request, world), withoutEmpty(efs.volumes), world.mounts, world.envBase);
}

function reasonOf(executionArn: string): string {
  return `${executionArn} has ended`;
}
