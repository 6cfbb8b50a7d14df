/** The file with the output of a job. A full disk, or too much output, does not end the run. */
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describeError } from '../../src/errors';
import type { Bytes } from '../../src/units';

/** Bytes of the file at most. A job that never stops writing would fill the disk of all executions. */
const LOG_BYTES: Bytes = 1024 ** 3;

interface JobLogSettings {
  /** Bytes of the file at most. */
  readonly mostBytes: Bytes;
}

export class JobLog {
  #bytes = 0;
  #problem: string | undefined;

  constructor(
    private readonly file: Writable,
    private readonly settings: JobLogSettings = { mostBytes: LOG_BYTES },
  ) {
    file.on('error', (error) => this.#give(`could not be written: ${describeError(error).message}`));
  }

  /** Why the file lacks lines; undefined for a file with all lines. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Writes a line, unless the file has a problem. @returns a promise while the disk is slower than the job */
  write(line: string): Promise<void> | undefined {
    if (this.#problem !== undefined) return undefined;
    const text = `${line}\n`;
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > this.settings.mostBytes) {
      this.#give(`has the first ${this.settings.mostBytes} bytes only, which is the most that a run keeps`);
      return undefined;
    }
    if (this.file.write(text)) return undefined;
    return new Promise((resolve) => {
      const go = () => {
        this.file.off('drain', go).off('close', go);
        resolve();
      };
      this.file.on('drain', go).on('close', go);
    });
  }

  /** Waits until the file has all of its lines. */
  async close(): Promise<void> {
    this.file.end();
    // An error has become the problem.
    await finished(this.file).catch(() => undefined);
  }

  #give(problem: string): void {
    this.#problem ??= problem;
  }
}
