/** Shows a run on a terminal: the lines, and a bar for each transfer that goes on. */
import type { SingleBar } from 'cli-progress';
import type { RunEvent } from '../local/execution/events';
import type { TransferProgress } from '../src/history/progress';
import { formatBytes, formatFiles } from './format';
import { Bars } from './output/bars';
import { TextView, transferLine } from './text-view';

const FORMAT = '  {way} {name} {bar} {percentage}% {bytes} {files}';

export class TerminalView extends TextView {
  #bars: Bars | undefined;
  readonly #byName = new Map<string, SingleBar>();

  override show(event: RunEvent): Promise<void> | undefined {
    // A transfer that failed or was stopped leaves its bar, which would keep the process alive and the cursor hidden.
    if (isEnd(event)) this.#close();
    return super.show(event);
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
    this.output.line(`  ${transferLine(event)}`);
  }

  #open(event: TransferProgress): SingleBar {
    this.#bars ??= this.#openBars();
    return this.#bars.create(Math.max(1, event.bytesTotal), event.bytesDone, payloadOf(event));
  }

  #openBars(): Bars {
    // A second Ctrl-C exits at once, and the cursor must come back.
    process.on('exit', this.#close);
    return new Bars(this.output, FORMAT);
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
