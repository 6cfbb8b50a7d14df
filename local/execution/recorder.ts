/** Records a run: its history in memory, and the job's output in a file. */
import type { RecordedEvent } from '../../src/history/events';
import { ExecutionModel } from '../../src/history/execution';
import type { JobListener } from '../batch/submit-job';
import type { Listener } from './events';
import type { RunnerName } from './input';
import type { JobLog } from './job-log';

const LAST_LINES = 20;
/** Characters of such a line at most. They become a part of the result. */
const LAST_LINE_CHARACTERS = 1_000;

export class Recorder {
  readonly history: RecordedEvent[] = [];
  readonly execution = new ExecutionModel();
  readonly #lastLines: string[] = [];

  constructor(
    private readonly listener: Listener,
    private readonly log: JobLog,
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
        this.#lastLines.push(line.slice(0, LAST_LINE_CHARACTERS));
        if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
        return both(this.listener({ type: 'job-output', line }), this.log.write(line));
      },
      jobEnded: (exit) => this.listener({ type: 'job-ended', ...exit }),
    };
  }

  get lastLines(): readonly string[] {
    return [...this.#lastLines];
  }

  /** Why the file with the output lacks lines. */
  get logProblem(): string | undefined {
    return this.log.problem;
  }

  /** Waits until the file has all of the output. */
  async close(): Promise<void> {
    await this.log.close();
  }
}

type Waiting = Promise<void> | undefined;

function both(shown: Waiting, written: Waiting): Waiting {
  return shown === undefined ? written : shown.then(() => written);
}
