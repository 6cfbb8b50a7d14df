/** Shows a transfer by hand: on a terminal, in plain lines, or as JSON. */
import type { TransferPreview } from '../src/transfer/preview';
import type { SyncOutcome, SyncProgress } from '../src/transfer/transfer';
import { formatBytes, formatFiles, formatSeconds } from './format';
import { type Bar, openBar } from './output/bars';
import { err, type Output } from './output/output';

export interface SyncFailure {
  readonly error: string;
  readonly message: string;
}

export interface SyncView {
  progress(progress: SyncProgress): void;
  preview(preview: TransferPreview): void;
  finished(outcome: SyncOutcome): void;
  failed(failure: SyncFailure): void;
}

const REASONS = {
  forced: 'forced',
  missing: 'not there',
  'other-size': 'another size',
  'other-checksum': 'another content',
  'no-checksum': 'content not comparable',
} as const;

/** Milliseconds between two lines, or events, about a transfer that goes on. */
const PACE_MS = 2_000;

export class SyncTextView implements SyncView {
  readonly #began: number;
  #told: number;
  #filesTotal = 0;

  constructor(
    protected readonly output: Output,
    private readonly now: () => number,
  ) {
    this.#began = now();
    this.#told = this.#began;
  }

  protected note({ filesTotal }: SyncProgress): void {
    this.#filesTotal = filesTotal;
  }

  progress(progress: SyncProgress): void {
    this.note(progress);
    if (this.now() - this.#told < PACE_MS) return;
    this.#told = this.now();
    const { filesDone, filesTotal, bytesDone, bytesTotal } = progress;
    this.line(
      `${filesDone} of ${formatFiles(filesTotal)}, ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}, ${this.rate(bytesDone)}`,
    );
  }

  preview({ copies, unchanged, removals }: TransferPreview): void {
    for (const { key, size, because } of copies)
      this.line(`copy    ${shown(key)}  ${formatBytes(size)}, ${REASONS[because]}`);
    for (const key of removals) this.line(`remove  ${shown(key)}  not at the source`);
    const bytes = copies.reduce((sum, { size }) => sum + size, 0);
    this.line(
      `${formatFiles(copies.length)} to copy (${formatBytes(bytes)}), ${unchanged} unchanged, ${removals.length} to remove; nothing was changed`,
    );
  }

  finished({ filesTransferred, bytesTransferred }: SyncOutcome): void {
    const seconds = formatSeconds(this.now() - this.#began);
    const unchanged = Math.max(0, this.#filesTotal - filesTransferred);
    this.line(
      `${formatFiles(filesTransferred)}, ${formatBytes(bytesTransferred)} copied in ${seconds} (${this.rate(bytesTransferred)}), ${unchanged} unchanged`,
    );
  }

  failed({ error, message }: SyncFailure): void {
    err.message(`${error}: ${message}`);
  }

  protected rate(bytes: number): string {
    const seconds = Math.max(0.001, (this.now() - this.#began) / 1000);
    return `${formatBytes(Math.round(bytes / seconds))}/s`;
  }

  protected line(text: string): void {
    this.output.line(text);
  }
}

const FORMAT = '{bar} {percentage}%  {bytes}, {files}, {rate}, {eta_formatted} left';

/** Adds a progress bar to the lines. */
export class SyncTerminalView extends SyncTextView {
  #bar: Bar | undefined;

  override progress(progress: SyncProgress): void {
    this.note(progress);
    const { filesDone, filesTotal, bytesDone, bytesTotal } = progress;
    const payload = {
      files: `${filesDone} of ${formatFiles(filesTotal)}`,
      bytes: `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`,
      rate: this.rate(bytesDone),
    };
    if (this.#bar === undefined)
      this.#bar = openBar(this.output, FORMAT, Math.max(1, bytesTotal), bytesDone, payload);
    else this.#bar.update(bytesDone, payload);
  }

  override finished(outcome: SyncOutcome): void {
    this.#bar?.stop();
    super.finished(outcome);
  }

  override failed(failure: SyncFailure): void {
    this.#bar?.stop();
    super.failed(failure);
  }
}

/** Prints one JSON document a line. */
export class SyncJsonView implements SyncView {
  readonly #began: number;
  #told = 0;

  constructor(
    private readonly output: Output,
    private readonly now: () => number,
  ) {
    this.#began = now();
  }

  progress(progress: SyncProgress): void {
    if (this.now() - this.#told < PACE_MS && progress.filesDone < progress.filesTotal) return;
    this.#told = this.now();
    this.#tell({ type: 'progress', ...progress });
  }

  preview(preview: TransferPreview): void {
    this.#tell({ type: 'preview', ...preview });
  }

  finished({ filesTransferred, bytesTransferred }: SyncOutcome): void {
    this.#tell({ type: 'finished', filesTransferred, bytesTransferred, ms: this.now() - this.#began });
  }

  failed(failure: SyncFailure): void {
    this.#tell({ type: 'failed', ...failure });
  }

  #tell(event: object): void {
    this.output.json(event);
  }
}

/** Returns a key as one word of one line. The only file of a transfer has an empty key. */
function shown(key: string): string {
  return key === '' ? '(the file)' : /[\s"\\]/.test(key) ? JSON.stringify(key) : key;
}
