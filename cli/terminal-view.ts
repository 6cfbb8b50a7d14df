/** Shows a run on a terminal: the lines, and a bar for each transfer that goes on. */
import { MultiBar, type SingleBar } from 'cli-progress';
import type { RunEvent } from '../local/execution/events';
import type { TransferProgress } from '../src/history/progress';
import { formatBytes, formatFiles } from './format';
import { TextView, transferLine } from './text-view';

export class TerminalView extends TextView {
  #bars: MultiBar | undefined;
  readonly #byName = new Map<string, SingleBar>();

  override show(event: RunEvent): void {
    // A transfer that failed or was stopped leaves its bar, which would keep the process alive and the cursor hidden.
    if (isEnd(event)) this.#close();
    super.show(event);
  }

  protected override showTransfer(event: TransferProgress): void {
    const bar = this.#byName.get(event.name);
    if (event.filesDone < event.filesTotal) {
      if (bar === undefined) this.#byName.set(event.name, this.#open(event));
      else bar.update(event.bytesDone, payloadOf(event));
      return;
    }
    if (bar !== undefined) this.#bars?.remove(bar);
    this.#byName.delete(event.name);
    if (this.#byName.size === 0) this.#close();
    this.write(`  ${transferLine(event)}`);
  }

  /** Writes above the bars. */
  protected override write(line: string): void {
    if (this.#bars === undefined) super.write(line);
    else this.#bars.log(`${line}\n`);
  }

  #open(event: TransferProgress): SingleBar {
    this.#bars ??= this.#openBars();
    return this.#bars.create(Math.max(1, event.bytesTotal), event.bytesDone, payloadOf(event));
  }

  #openBars(): MultiBar {
    // A second Ctrl-C exits at once, and the cursor must come back.
    process.on('exit', this.#close);
    return new MultiBar({
      stream: this.stream,
      format: '  {way} {name} {bar} {percentage}% {bytes} {files}',
      barsize: 30,
      hideCursor: true,
      clearOnComplete: true,
      fps: 10,
    });
  }

  readonly #close = (): void => {
    this.#bars?.stop();
    this.#bars = undefined;
    process.off('exit', this.#close);
    this.#byName.clear();
  };
}

function isEnd(event: RunEvent): boolean {
  if (event.type === 'state') return event.event.type === 'StateFailed';
  return event.type !== 'transfer' && event.type !== 'job-output';
}

function payloadOf({ direction, name, filesDone, filesTotal, bytesDone, bytesTotal }: TransferProgress) {
  return {
    way: direction === 'input' ? 'in ' : 'out',
    name,
    bytes: `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`,
    files: `${filesDone} of ${formatFiles(filesTotal)}`,
  };
}
