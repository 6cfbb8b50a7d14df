/**
 * The only way from the command line to the terminal. No other file of `cli/` writes to a stream (a test checks it), so
 * every text is printed with its hidden characters made visible.
 */
import { type LineOptions, visible, visibleJson, visibleLines, visibleOutputLine } from '../../src/visible';

export class Output {
  #write: (text: string) => void;
  #closed: () => void = () => undefined;
  #lost: ((error: Error) => void) | undefined;
  #waiting: Promise<void> | undefined;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.#write = (text) => stream.write(text);
    // Without a listener the error would end this process at once, and a running job would not be cleaned up.
    stream.on('error', (error: NodeJS.ErrnoException) => this.#fail(error));
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE') this.#closed();
    else {
      this.#lost?.(error);
      this.#lost = undefined;
    }
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
   * @returns a promise while the reader of a pipe is slower than the writer of the lines
   */
  outputLine(line: string, options: LineOptions = {}, mark = ''): Promise<void> | undefined {
    this.#write(`${mark}${visibleOutputLine(line, options)}\n`);
    return this.#taken();
  }

  /** Prints one document on one line. @returns as {@link outputLine} */
  json(document: object): Promise<void> | undefined {
    this.#write(`${visibleJson(document)}\n`);
    return this.#taken();
  }

  /** A pipe whose reader is slow would fill the memory. A file and a terminal are written at once. */
  #taken(): Promise<void> | undefined {
    if (!this.stream.writableNeedDrain) return undefined;
    // All lines wait for the same moment.
    this.#waiting ??= this.#drained().finally(() => {
      this.#waiting = undefined;
    });
    return this.#waiting;
  }

  #drained(): Promise<void> {
    const { stream } = this;
    const ends = ['drain', 'error', 'close'] as const;
    return new Promise((resolve) => {
      const go = () => {
        for (const end of ends) stream.off(end, go);
        resolve();
      };
      for (const end of ends) stream.on(end, go);
    });
  }

  /** @param listener is called when the reader closes the output, as in `| head`; it replaces an earlier one */
  onClosed(listener: () => void): void {
    this.#closed = listener;
  }

  /** @param listener is called once, when the output cannot be written: the disk of its file is full, for example */
  onLost(listener: (error: Error) => void): void {
    this.#lost = listener;
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
