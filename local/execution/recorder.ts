/** Records a run: its history in memory, and the job's output in a file. */
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { RecordedEvent } from '../../src/history/events';
import { ExecutionModel } from '../../src/history/execution';
import type { JobListener } from '../batch/submit-job';
import type { Listener } from './events';
import type { RunnerName } from './input';

const LAST_LINES = 20;

export class Recorder {
  readonly history: RecordedEvent[] = [];
  readonly execution = new ExecutionModel();
  readonly #lastLines: string[] = [];

  constructor(
    private readonly listener: Listener,
    private readonly log: Writable,
  ) {}

  record(event: RecordedEvent): void {
    this.history.push(event);
    this.execution.see(event);
    this.listener({ type: 'state', event });
  }

  jobListener(runner: RunnerName): JobListener {
    return {
      jobStarted: ({ jobId, image }) => this.listener({ type: 'job-started', jobId, image, runner }),
      jobOutput: (line) => {
        this.log.write(`${line}\n`);
        this.#lastLines.push(line);
        if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
        this.listener({ type: 'job-output', line });
      },
      jobEnded: (exit) => this.listener({ type: 'job-ended', ...exit }),
    };
  }

  get lastLines(): readonly string[] {
    return [...this.#lastLines];
  }

  /** Waits until the file has all of the output. */
  async close(): Promise<void> {
    this.log.end();
    await finished(this.log);
  }
}
