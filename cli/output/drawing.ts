/** Lines at the bottom of a terminal that are drawn again over the last ones. */
import { COLOUR, type LineOptions, visible, visibleOutputLine } from '../../src/visible';
import type { Output } from './output';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const NARROWEST = 20;
const CUT = '...';

export class Drawing {
  readonly #terminal: NodeJS.WriteStream;
  readonly #end: () => void;
  #rows = 0;
  #isOpen = true;

  /** Hides the cursor until {@link close}. */
  constructor(
    output: Output,
    private readonly options: LineOptions = {},
  ) {
    const { terminal, end } = output.draw();
    this.#terminal = terminal;
    this.#end = end;
    terminal.write(HIDE_CURSOR);
  }

  /** Draws the lines over the last ones, each cut to the width of the terminal. The last lines count when there are too many. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    // A terminal of unknown size has 0 columns.
    const width = Math.max(NARROWEST, (this.#terminal.columns || 80) - 1);
    const rows = Math.max(1, (this.#terminal.rows || 24) - 1);
    // Lines that have scrolled away cannot be drawn over.
    const shown = lines.slice(-rows).map((line) => fitted(line, width, this.options));
    this.#terminal.write(`${this.#eraser()}${shown.map((line) => `${line}\n`).join('')}`);
    this.#rows = shown.length;
  }

  /** Prints lines that stay, in the place of the drawing. The next drawing comes below them. */
  above(lines: readonly string[]): void {
    this.#terminal.write(`${this.#eraser()}${lines.map((line) => `${visible(line)}\n`).join('')}`);
    this.#rows = 0;
  }

  readonly close = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#terminal.write(SHOW_CURSOR);
    this.#end();
  };

  #eraser(): string {
    return this.#rows > 0 ? `\u001b[${this.#rows}A\u001b[J` : '';
  }
}

/** Returns the line with its hidden characters shown, cut to a number of columns. Colours have no width. */
export function fitted(line: string, width: number, options: LineOptions): string {
  const shown = visibleOutputLine(line.replaceAll('\t', '    '), options);
  const parts = shown.split(COLOUR).map((part, index) => (index % 2 === 1 ? [part] : [...part]));
  const isText = (index: number) => index % 2 === 0;
  const columns = parts.reduce((sum, part, index) => sum + (isText(index) ? part.length : 0), 0);
  if (columns <= width) return shown;
  let left = width - CUT.length;
  const kept = parts.map((part, index) => {
    if (!isText(index)) return part.join('');
    const text = part.slice(0, left).join('');
    left = Math.max(0, left - part.length);
    return text;
  });
  return `${kept.join('')}${CUT}`;
}
