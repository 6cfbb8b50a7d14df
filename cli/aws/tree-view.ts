/** Draws the tree of an execution on a terminal, and draws it again over the last one when it changes. */
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import type { WatchEvent, WatchView } from './events';
import { reportLines } from './report-lines';
import { StateTree } from './tree';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const REDRAW_MS = 500;
const NARROWEST = 20;

export class TreeView implements WatchView {
  readonly #tree = new StateTree();
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;
  #isDirty = true;

  constructor(
    private readonly stream: WriteStream,
    private readonly now: () => number,
  ) {
    // Times change while nothing happens.
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    stream.write(HIDE_CURSOR);
    process.on('exit', this.close);
  }

  tell(event: WatchEvent): void {
    this.#tree.add(event);
    // The many events of a look are drawn once.
    if (!this.#isDirty) setImmediate(() => this.#draw());
    this.#isDirty = true;
    if (event.type === 'trouble') this.#above([event.message]);
    if (event.type !== 'ended') return;
    this.#draw();
    this.close();
    this.stream.write(`\n${reportLines(event.report, this.now()).join('\n')}\n`);
  }

  readonly close = (): void => {
    if (Number.isNaN(this.#drawn)) return;
    clearInterval(this.#timer);
    process.off('exit', this.close);
    this.stream.write(SHOW_CURSOR);
    this.#drawn = Number.NaN;
  };

  #above(lines: readonly string[]): void {
    this.#erase();
    this.stream.write(`${lines.join('\n')}\n`);
    this.#draw();
  }

  #draw(): void {
    if (Number.isNaN(this.#drawn)) return;
    this.#erase();
    this.#isDirty = false;
    // A terminal of unknown size has 0 columns.
    const columns = this.stream.columns || 80;
    const rows = this.stream.rows || 24;
    const lines = this.#tree.lines(this.now()).map((line) => cut(line, Math.max(NARROWEST, columns - 1)));
    // Lines that have scrolled away cannot be drawn over. The states that go on are at the end.
    const shown = lines.slice(-Math.max(1, rows - 1));
    this.stream.write(shown.map((line) => `${line}\n`).join(''));
    this.#drawn = shown.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.stream.write(`\u001b[${this.#drawn}A\u001b[J`);
    this.#drawn = 0;
  }
}

/** Removes control characters: the output of a job must not move the cursor. */
function cut(line: string, width: number): string {
  const plain = [...stripVTControlCharacters(line).replaceAll('\t', '    ')].filter((char) => char >= ' ');
  return plain.length <= width ? plain.join('') : `${plain.slice(0, width - 3).join('')}...`;
}
