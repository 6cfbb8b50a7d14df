/** Draws the tree of an execution on a terminal, and draws it again over the last one when it changes. */
import { Drawing } from '../output/drawing';
import type { Output } from '../output/output';
import type { WatchEvent, WatchView } from './events';
import { reportLines } from './report-lines';
import { StateTree } from './tree';

const REDRAW_MS = 500;

export class TreeView implements WatchView {
  readonly #tree = new StateTree();
  readonly #timer: NodeJS.Timeout;
  readonly #drawing: Drawing;
  #isDirty = true;

  /** @param colours whether the colours of the job's lines stay */
  constructor(
    private readonly output: Output,
    private readonly now: () => number,
    colours = false,
  ) {
    this.#drawing = new Drawing(output, { colours });
    // Times change while nothing happens.
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
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
    this.output.lines(['', ...reportLines(event.report, this.now())]);
  }

  readonly close = (): void => {
    clearInterval(this.#timer);
    process.off('exit', this.close);
    this.#drawing.close();
  };

  #above(lines: readonly string[]): void {
    this.#drawing.above(lines);
    this.#draw();
  }

  #draw(): void {
    this.#isDirty = false;
    this.#drawing.draw(this.#tree.lines(this.now()));
  }
}
