/** Runs a demand with a fault on the local API, and tells how it should end there. */
import { setTimeout } from 'node:timers/promises';
import { contentsOf, ended, startNamed } from '../../scenarios/executions';
import type { Tier } from '../../scenarios/tier';
import { contentIn, hasWorkingDirectory } from '../../scenarios/working-directories';
import type { ApiFaults } from './api-faults';
import { apiDemand, executionOf, plantInput } from './api-world';
import { type Expected, expectedEnd, type Target } from './expected';
import type { Fault } from './faults';
import { INPUT, type Way } from './world';

/** Time in which the clean-up of events removes a directory. */
const CLEAN_UP_MS = 60_000;

export interface ApiDemand {
  readonly way: Way;
  readonly fault?: Fault;
  /** True: the clean-up removes the directory. */
  readonly goes: boolean;
  /** Is called after the start, with the ARN of the execution. */
  readonly interrupt?: (execution: string) => Promise<void>;
}

export type ApiEnd = Awaited<ReturnType<typeof runOnApi>>;

/** Runs a demand to its end, and until its clean-up has ended. */
export async function runOnApi(
  { tier, faults }: { readonly tier: Tier; readonly faults: ApiFaults },
  id: string,
  { way, fault, goes, interrupt }: ApiDemand,
) {
  const execution = executionOf(tier, id);
  faults.plan(execution, { kind: 'throws', state: '', once: true, ...fault, ...way });
  await plantInput(tier, id, INPUT);
  await startNamed(tier, id, apiDemand(tier, id, way));
  await interrupt?.(execution);
  const { status = '', error } = await ended(tier, execution);
  for (const until = Date.now() + CLEAN_UP_MS; goes && Date.now() < until; await setTimeout(tier.pollMs))
    if (!(await hasWorkingDirectory(tier, id))) break;
  const objects = await contentsOf(tier, `${id}/`);
  const { [`${id}/out`]: stored, ...others } = objects;
  return {
    ...{ id, execution, status, error, stored },
    others: Object.keys(others),
    inDirectory: contentIn(tier, id, 'out'),
    hits: faults.hitsOf(execution),
    directory: await hasWorkingDirectory(tier, id),
  };
}

export type ExpectedOnApi = Omit<Expected, 'status'> & { readonly status: string };

/** The clean-up of events removes all that a failure leaves, but not results that are not stored. */
export function endOnApi(target: Target, fault: Fault): ExpectedOnApi {
  const { status, error, directory, readers } = expectedEnd(target, fault);
  const { state, ofOutput = false } = target;
  if (fault.kind === 'is stopped') {
    // The clean-up waits until the function has ended, and the end of the function decides what is stored.
    const isOpen = (ofOutput || state.startsWith('SyncOutput')) && 'either';
    return { status: 'ABORTED', directory: isOpen, readers: isOpen };
  }
  if (status === 'SUCCEEDED') return { status, directory, readers };
  const isCleaned = ['BuildContext', 'ReleaseInputs', 'CleanUpAfterFailure'].includes(state);
  const thrown = fault.kind === 'throws' ? THROWN[state] : undefined;
  return { status, error: thrown ?? error ?? '', directory: isCleaned ? false : directory, readers: false };
}

/** The names of errors that no function throws. */
const THROWN: Readonly<Record<string, string>> = {
  RunJob: 'Batch.ClientException',
  SyncInputAtScale: 'StepFunctions.AccessDeniedException',
  SyncOutputAtScale: 'StepFunctions.AccessDeniedException',
};
