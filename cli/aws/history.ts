/** From the history of an execution on AWS to the events that a local run tells; no request is made here. */
import type { HistoryEvent as AwsEvent } from '@aws-sdk/client-sfn';
import type { HistoryEvent } from '../../src/history/events';
import type { TransferEvent } from '../../local/execution/events';
import type { DemandState, MachineName } from '../../src/machines/states';
import { isJsonObject } from '../../src/wire/json';
import type { ExecutionEnd, OpenState, WatchEvent, Within } from './events';

/** So that phases and counts are read off it as off a local run's. */
const MACHINE: MachineName = 'demand-execution';
/** States whose output says what was moved, and the Map that they are in. */
const MOVED: Readonly<Record<string, TransferEvent['direction']>> = {
  InputStaged: 'input',
  OutputStored: 'output',
} satisfies Partial<Record<DemandState, TransferEvent['direction']>>;
const ENDS: Readonly<Record<string, ExecutionEnd>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};
const FAILURES = /^(Task(Failed|TimedOut|StartFailed|SubmitFailed)|LambdaFunction(Failed|TimedOut))$/;

/** What an event is about, inherited from the one before it unless it says otherwise. */
interface Place {
  readonly state?: string;
  readonly within?: Within;
}

export interface End {
  readonly status: ExecutionEnd;
  readonly at: number;
  readonly error?: string;
  readonly cause?: string;
}

/** @param itemName the parameter that an iteration of a Map moves */
export class History {
  readonly told: HistoryEvent[] = [];
  readonly transfers: TransferEvent[] = [];
  readonly nested: string[] = [];
  /** Of the job that was submitted last. */
  jobId: string | undefined;
  /** The same job as the machine last saw it, in PascalCase; empty until it has ended. */
  endedJob: Readonly<Record<string, unknown>> = {};
  end: End | undefined;
  lastId = 0;
  readonly #places = new Map<number, Place>();
  readonly #open = new Map<string, OpenState>();
  readonly #failed = new Map<string, string>();

  constructor(private readonly itemName: (map: string, index: number) => string) {}

  /** Events in their order, none twice. */
  add(events: readonly AwsEvent[]): WatchEvent[] {
    return events.flatMap((event) => this.#add(event));
  }

  /** States that were entered and not left, the innermost. */
  get open(): OpenState[] {
    const all = [...this.#open.values()];
    return all.filter(({ state }) => !all.some(({ within }) => within?.map === state));
  }

  #add(event: AwsEvent): WatchEvent[] {
    const { id = 0, previousEventId = 0, timestamp } = event;
    const type: string = event.type ?? '';
    const at = timestamp?.getTime() ?? 0;
    const place = placeOf(event, this.#places.get(previousEventId) ?? {}, this.itemName);
    this.#places.set(id, place);
    this.lastId = Math.max(this.lastId, id);
    const end = ENDS[type];
    if (end !== undefined) return this.#addEnd(end, event, at);
    if (type === 'ExecutionRedriven') this.end = undefined;
    if (type === 'ExecutionStarted') return [this.#tell({ type, timestamp: at, machine: MACHINE }, {})];
    if (place.state === undefined) return [];
    return this.#addState(event, { ...place, state: place.state }, at);
  }

  #addState(event: AwsEvent, place: Place & { readonly state: string }, at: number): WatchEvent[] {
    const type: string = event.type ?? '';
    if (type.endsWith('StateEntered')) return [this.#enter(place, at)];
    if (type.endsWith('StateExited')) return this.#exit(event, place, at);
    if (type === 'TaskScheduled') return this.#schedule(event, place, at);
    if (type === 'TaskSubmitted') this.#submit(event);
    this.#noteJob(event);
    if (FAILURES.test(type) || type === 'MapStateFailed') return [this.#fail(event, place, at)];
    return [];
  }

  #enter(place: Place & { readonly state: string }, at: number): WatchEvent {
    this.#open.set(keyOf(place), { ...place, since: at });
    this.#failed.delete(keyOf(place));
    return this.#tell({ ...common(place, at), type: 'StateEntered' }, place);
  }

  #exit(event: AwsEvent, place: Place & { readonly state: string }, at: number): WatchEvent[] {
    this.#open.delete(keyOf(place));
    // A Map that failed leaves in the middle of its iterations.
    for (const [key, { within }] of this.#open) if (within?.map === place.state) this.#open.delete(key);
    const exited = this.#tell({ ...common(place, at), type: 'StateExited' }, place);
    const transfer = transferOf(place, event.stateExitedEventDetails?.output);
    if (transfer !== undefined) this.transfers.push(transfer);
    return transfer === undefined ? [exited] : [exited, transfer];
  }

  #schedule(event: AwsEvent, place: Place & { readonly state: string }, at: number): WatchEvent[] {
    const { resourceType = '', resource = '' } = event.taskScheduledEventDetails ?? {};
    const arn = `arn:aws:states:::${resourceType}:${resource}`;
    const scheduled = this.#tell({ ...common(place, at), type: 'TaskScheduled', resource: arn }, place);
    if (!this.#failed.delete(keyOf(place))) return [scheduled];
    return [this.#tell({ ...common(place, at), type: 'StateRetried' }, place), scheduled];
  }

  #submit({ taskSubmittedEventDetails: details }: AwsEvent): void {
    const output = parse(details?.output);
    if (details?.resourceType === 'batch' && typeof output.JobId === 'string') this.jobId = output.JobId;
    if (details?.resourceType === 'states' && typeof output.ExecutionArn === 'string')
      this.nested.push(output.ExecutionArn);
  }

  #noteJob({ taskSucceededEventDetails: succeeded, taskFailedEventDetails: failed }: AwsEvent): void {
    const detail = parse(succeeded?.output ?? failed?.cause);
    if (this.jobId !== undefined && detail.JobId === this.jobId) this.endedJob = detail;
  }

  #fail(event: AwsEvent, place: Place & { readonly state: string }, at: number): WatchEvent {
    const { error = this.#errorIn(place.state) ?? timeoutOf(event), cause } = failureDetails(event);
    this.#failed.set(keyOf(place), error);
    const failed = { ...common(place, at), type: 'StateFailed' as const, error };
    return this.#tell({ ...failed, ...(cause !== undefined && { cause }) }, place);
  }

  /** A Map fails with what failed in it. */
  #errorIn(map: string): string | undefined {
    return [...this.#failed].findLast(([key]) => key.startsWith(`${map}\n`))?.[1];
  }

  #addEnd(status: ExecutionEnd, event: AwsEvent, at: number): WatchEvent[] {
    const { error, cause } = failureDetails(event);
    this.#open.clear();
    this.end = {
      status,
      at,
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    };
    const base = { timestamp: at, machine: MACHINE };
    if (status === 'SUCCEEDED') return [this.#tell({ ...base, type: 'ExecutionSucceeded' }, {})];
    return [this.#tell({ ...base, type: 'ExecutionFailed', error: error ?? status, cause: cause ?? '' }, {})];
  }

  #tell(event: HistoryEvent, { within }: Place): WatchEvent {
    this.told.push(event);
    return { type: 'state', event, ...(within !== undefined && { within }) };
  }
}

function placeOf(event: AwsEvent, before: Place, itemName: History['itemName']): Place {
  const { mapIterationStartedEventDetails: iteration } = event;
  const type: string = event.type ?? '';
  const entered = event.stateEnteredEventDetails?.name ?? event.stateExitedEventDetails?.name;
  if (iteration !== undefined) {
    const { name: map = '', index = 0 } = iteration;
    return { state: map, within: { map, index, item: itemName(map, index) } };
  }
  // What is told of a Map as a whole follows on one of its iterations.
  if (type.startsWith('MapState') && type !== 'MapStateEntered')
    return outside({
      ...before,
      ...((entered ?? before.within?.map) && { state: entered ?? before.within?.map }),
    } as Place);
  return entered === undefined ? before : { ...before, state: entered };
}

function outside({ state, within }: Place): Place {
  const isItself = within === undefined || within.map === state;
  return { ...(state !== undefined && { state }), ...(!isItself && { within }) };
}

function keyOf({ state = '', within }: Place): string {
  return within === undefined ? state : `${within.map}\n${within.index}\n${state}`;
}

function common({ state, within }: Place & { readonly state: string }, timestamp: number) {
  return { timestamp, machine: MACHINE, state, ...(within !== undefined && { index: within.index }) };
}

function transferOf({ state = '', within }: Place, output: string | undefined): TransferEvent | undefined {
  const direction = MOVED[state];
  const { result } = parse(output);
  if (direction === undefined || within === undefined || !isJsonObject(result)) return undefined;
  const { files_transferred: files, bytes_transferred: bytes } = result;
  if (typeof files !== 'number' || typeof bytes !== 'number') return undefined;
  const counts = { filesDone: files, filesTotal: files, bytesDone: bytes, bytesTotal: bytes };
  return { type: 'transfer', direction, name: within.item, ...counts };
}

function failureDetails(event: AwsEvent): { error?: string | undefined; cause?: string | undefined } {
  return (
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails ??
    event.lambdaFunctionFailedEventDetails ??
    event.executionFailedEventDetails ??
    event.executionAbortedEventDetails ??
    event.executionTimedOutEventDetails ??
    {}
  );
}

function timeoutOf({ type }: AwsEvent): string {
  return type?.endsWith('TimedOut') ? 'States.Timeout' : 'States.TaskFailed';
}

function parse(json: string | undefined): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(json ?? '');
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
