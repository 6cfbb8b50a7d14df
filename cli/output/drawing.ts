/** Lines at the bottom of a terminal that are drawn again over the last ones. */
import stringWidth from 'string-width';
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

/**
 * Returns the line with its hidden characters shown, cut to a number of columns. Colours have no width, and many characters
 * of East Asia have two columns. A wider line would go on in the next row, and would stay there after the next drawing.
 */
export function fitted(line: string, width: number, options: LineOptions): string {
  const shown = visibleOutputLine(line.replaceAll('\t', '    '), options);
  const parts = shown.split(COLOUR).map((part, index) => (index % 2 === 1 ? [part] : [...part]));
  const isText = (index: number) => index % 2 === 0;
  if (stringWidth(shown) <= width) return shown;
  let left = width - CUT.length;
  const isOver = (character: string) => {
    left -= stringWidth(character);
    return left < 0;
  };
  const kept = parts.map((part, index) => {
    const end = isText(index) ? part.findIndex(isOver) : -1;
    return (end < 0 ? part : part.slice(0, end)).join('');
  });
  return `${kept.join('')}${CUT}`;
}
