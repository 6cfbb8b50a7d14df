/** Keeps what a run tells: its history, and the job's output. */
import type { JobListener } from '../batch/submit-job';
import type { HistoryEvent } from '../engine/history';
import type { Listener } from './events';
import type { RunnerName } from './input';

const LAST_LINES = 20;

export class Recorder {
  readonly history: HistoryEvent[] = [];
  readonly #lines: string[] = [];

  constructor(private readonly listener: Listener) {}

  record(event: HistoryEvent): void {
    this.history.push(event);
    this.listener({ type: 'state', event });
  }

  jobListener(runner: RunnerName): JobListener {
    return {
      jobStarted: ({ jobId, image }) => this.listener({ type: 'job-started', jobId, image, runner }),
      jobOutput: (line) => {
        this.#lines.push(line);
        this.listener({ type: 'job-output', line });
      },
      jobEnded: (exit) => this.listener({ type: 'job-ended', ...exit }),
    };
  }

  get lastLines(): readonly string[] {
    return this.#lines.slice(-LAST_LINES);
  }

  get log(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }
}
