/** Progress bars on a terminal, with the hidden characters of their texts made visible. */
import { Format, MultiBar, type Options, Presets, SingleBar } from 'cli-progress';
import { visible } from '../../src/visible';
import type { Output } from './output';

/** One bar, as cli-progress has it. */
export type Bar = Pick<SingleBar, 'update' | 'stop'>;

/** Several bars at the bottom of a terminal. Lines of the output appear above them. */
export class Bars {
  readonly #bars: MultiBar;
  readonly #end: () => void;
  #hasLines = false;

  constructor(output: Output, format: string) {
    const { terminal, end } = output.draw((text) => {
      this.#hasLines = true;
      this.#bars.log(text);
    });
    this.#end = end;
    this.#bars = new MultiBar({ ...optionsFor(terminal, format), fps: 10 });
  }

  create(total: number, value: number, payload: object): SingleBar {
    return this.#bars.create(total, value, payload);
  }

  remove(bar: SingleBar): void {
    this.#bars.remove(bar);
  }

  stop(): void {
    // Lines wait for the next drawing of the bars, which does not come any more.
    if (this.#hasLines) this.#bars.update();
    this.#bars.stop();
    this.#end();
  }
}

export function openBar(output: Output, format: string, total: number, value: number, payload: object): Bar {
  const { terminal } = output.draw();
  const options = { ...optionsFor(terminal, format), etaAsynchronousUpdate: true, etaBuffer: 100 };
  const bar = new SingleBar(options, Presets.rect);
  bar.start(total, value, payload);
  return bar;
}

function optionsFor(terminal: NodeJS.WriteStream, format: string): Options {
  return {
    stream: terminal,
    format: (options, params, payload) => visible(Format.Formatter({ ...options, format }, params, payload)),
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
  };
}
