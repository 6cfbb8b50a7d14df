/**
 * The only way from the command line to the terminal. No other file of `cli/` writes to a stream (a test checks it), so
 * every text is printed with its hidden characters made visible.
 */
import { type LineOptions, visible, visibleJson, visibleLines, visibleOutputLine } from '../../src/visible';

export class Output {
  #write: (text: string) => void;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.#write = (text) => stream.write(text);
  }

  /** Whether the stream is a terminal. */
  get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  line(text: string): void {
    this.#write(`${visible(text)}\n`);
  }

  lines(texts: readonly string[]): void {
    this.#write(texts.map((text) => `${visible(text)}\n`).join(''));
  }

  /** Prints a text of ours with several lines. */
  text(text: string): void {
    this.lines(text.replace(/\n$/, '').split('\n'));
  }

  /** Prints a message from outside that may have several lines. */
  message(text: string): void {
    this.#write(`${visibleLines(text).join('\n')}\n`);
  }

  /**
   * Prints a line that a job or a program has written.
   *
   * @param mark our own characters before the line
   */
  outputLine(line: string, options: LineOptions = {}, mark = ''): void {
    this.#write(`${mark}${visibleOutputLine(line, options)}\n`);
  }

  /** Prints one document on one line. */
  json(document: object): void {
    this.#write(`${visibleJson(document)}\n`);
  }

  /** @param listener is called when the reader closes the output, as in `| head` */
  onClosed(listener: () => void): void {
    this.stream.on('error', listener);
  }

  /**
   * Gives the stream to a drawing, which moves the cursor. The drawing itself shows the hidden characters of its texts.
   *
   * @param writeAbove prints the other lines while the drawing is there
   * @returns the stream, and a function that ends the drawing
   */
  draw(writeAbove?: (text: string) => void): { terminal: NodeJS.WriteStream; end: () => void } {
    const before = this.#write;
    if (writeAbove !== undefined) this.#write = writeAbove;
    return {
      terminal: this.stream,
      end: () => {
        this.#write = before;
      },
    };
  }
}

export const out = new Output(process.stdout);
export const err = new Output(process.stderr);
