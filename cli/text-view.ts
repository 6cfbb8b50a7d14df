/** Shows a run in plain lines, for logs and pipes. */
import type { RunEvent } from '../local/execution/events';
import type { RecordedEvent } from '../src/history/events';
import type { TransferProgress } from '../src/history/progress';
import type { DemandState } from '../src/machines/states';
import { formatBytes, formatFiles, formatPath } from './format';
import { ignoredFieldLines } from './ignored-fields';
import type { Output } from './output/output';
import { resultLines } from './result-lines';

/** States that are shown. The small states between them are in the history. */
const TOLD: ReadonlySet<string> = new Set<DemandState>([
  'Normalise',
  'ResolveEfs',
  'BuildContext',
  'PrepareBatchArgs',
  'StageInputs',
  'RunJob',
  'StoreOutputs',
  'RemoveData',
  'CleanUpAfterFailure',
  'SyncInputAtScale',
  'SyncOutputAtScale',
]);
/** This state passes on a failure that was shown before. */
const FAILED: DemandState = 'DemandFailed';
/** Milliseconds between two lines about one transfer that goes on. */
const TRANSFER_LINE_MS = 2_000;

export class TextView {
  readonly #told = new Map<string, number>();

  constructor(
    protected readonly output: Output,
    private readonly now: () => number,
    /** Whether the colours of the job's lines stay, default false. */
    private readonly colours = false,
  ) {}

  show(event: RunEvent): Promise<void> | undefined {
    if (event.type === 'job-output')
      return this.output.outputLine(event.line, { colours: this.colours }, '  | ');
    if (event.type === 'state') this.showState(event.event);
    else if (event.type === 'transfer') this.showTransfer(event);
    else this.output.lines(linesOf(event));
    return undefined;
  }

  protected showState(event: RecordedEvent): void {
    if (event.type === 'StateEntered' && TOLD.has(event.state)) this.output.line(event.state);
    if (event.type === 'StateFailed' && event.state !== FAILED)
      this.output.line(`${event.state} failed: ${event.error}`);
    if (event.type === 'StateRetried') this.output.line(`${event.state} is tried again`);
  }

  protected showTransfer(event: TransferProgress): void {
    const isDone = event.filesDone === event.filesTotal;
    const last = this.#told.get(event.name);
    // A transfer that ends at once gets one line.
    if (last === undefined) this.#told.set(event.name, this.now());
    if (!isDone && this.now() - (last ?? this.now()) < TRANSFER_LINE_MS) return;
    this.#told.set(event.name, this.now());
    this.output.line(`  ${transferLine(event)}`);
  }
}

function linesOf(event: Exclude<RunEvent, { type: 'state' | 'transfer' | 'job-output' }>): readonly string[] {
  switch (event.type) {
    case 'started':
      return [
        `demand ${event.executionId}, attempt ${event.attempt}, in ${formatPath(event.root)}`,
        ...ignoredFieldLines(event.ignoredFields ?? []),
      ];
    case 'attached':
      return [
        `demand ${event.executionId} is already running (process ${event.pid}): waiting for its result`,
      ];
    case 'set-aside':
      return [`the working directory of the last attempt was moved to ${formatPath(event.path)}`];
    case 'job-started':
      return [`  job ${event.jobId} (${event.runner}, image ${event.image})`];
    case 'job-ended':
      return [`  exit code ${event.exitCode}${event.reason === undefined ? '' : ` (${event.reason})`}`];
    case 'finished':
      return resultLines(event.result);
  }
}

/** Returns `in  observations: 9 files, 15.5 KiB`, and counts such as `3 of 9 files` while the transfer goes on. */
export function transferLine({
  direction,
  name,
  filesDone,
  filesTotal,
  bytesDone,
  bytesTotal,
}: TransferProgress): string {
  const way = direction === 'input' ? 'in ' : 'out';
  if (filesDone === filesTotal)
    return `${way} ${name}: ${formatFiles(filesTotal)}, ${formatBytes(bytesTotal)}`;
  return `${way} ${name}: ${filesDone} of ${formatFiles(filesTotal)}, ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`;
}
