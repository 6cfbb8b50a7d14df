/** A run on a terminal: the same lines, and a bar for each transfer under way. */
import { MultiBar, type SingleBar } from 'cli-progress';
import type { DemandEvent, TransferEvent } from '../local/execution/events';
import { formatBytes, formatFiles } from './format';
import { TextView, transferLine } from './text-view';

export class TerminalView extends TextView {
  #bars: MultiBar | undefined;
  readonly #byName = new Map<string, SingleBar>();

  constructor(
    private readonly stream: NodeJS.WriteStream,
    now: () => number,
  ) {
    super((line) => stream.write(`${line}\n`), now);
  }

  override show(event: DemandEvent): void {
    if (event.type !== 'transfer' && this.#bars !== undefined && this.#byName.size === 0) this.#close();
    super.show(event);
  }

  protected override showTransfer(event: TransferEvent): void {
    const bar = this.#byName.get(event.name);
    if (event.filesDone < event.filesTotal) {
      if (bar === undefined) this.#byName.set(event.name, this.#open(event));
      else bar.update(event.bytesDone, payloadOf(event));
      return;
    }
    if (bar !== undefined) this.#bars?.remove(bar);
    this.#byName.delete(event.name);
    if (this.#byName.size === 0) this.#close();
    const line = `  ${transferLine(event)}\n`;
    // Above the bars that go on, if there are any.
    if (this.#bars === undefined) this.stream.write(line);
    else this.#bars.log(line);
  }

  #open(event: TransferEvent): SingleBar {
    this.#bars ??= new MultiBar({
      stream: this.stream,
      format: '  {way} {name} {bar} {percentage}% {bytes} {files}',
      barsize: 30,
      hideCursor: true,
      clearOnComplete: true,
      fps: 10,
    });
    return this.#bars.create(Math.max(1, event.bytesTotal), event.bytesDone, payloadOf(event));
  }

  #close(): void {
    this.#bars?.stop();
    this.#bars = undefined;
    this.#byName.clear();
  }
}

function payloadOf({ direction, name, filesDone, filesTotal, bytesDone, bytesTotal }: TransferEvent) {
  return {
    way: direction === 'input' ? 'in ' : 'out',
    name,
    bytes: `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`,
    files: `${filesDone} of ${formatFiles(filesTotal)}`,
  };
}
