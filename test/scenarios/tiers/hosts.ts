/** The hosts of the jobs on this machine. A scenario takes them away from the jobs of an execution. */
import type { ServiceFaults } from '../../../local/api/deployed-service';
import type { JobRunner } from '../../../local/batch/runner';
import { EXECUTION_VARIABLE } from '../../../src/batch/claim';
import { EXECUTION_TAG } from '../../../src/steps/watch-jobs';

/** The words of Batch. https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html */
const LOST = 'Host EC2 (instance i-0a1b2c3d4e5f60718) terminated.';

type Faults = Required<ServiceFaults>;

export class Hosts implements ServiceFaults {
  readonly #losses = new Map<string, number>();
  readonly #obstacles = new Map<string, string>();

  /** Takes the hosts of the next attempts of an execution's jobs away, each after the first line of its job. */
  lose(executionArn: string, attempts: number): void {
    this.#losses.set(executionArn, attempts);
  }

  /** Gives the jobs of an execution no host. @param reason in the words of Batch */
  block(executionArn: string, reason: string): void {
    this.#obstacles.set(executionArn, reason);
  }

  readonly functions: Faults['functions'] = (pool) => pool;
  readonly route: Faults['route'] = (route) => route;
  readonly obstacleOf: Faults['obstacleOf'] = ({ tags }) => this.#obstacles.get(tags[EXECUTION_TAG] ?? '');

  /** Returns a runner whose jobs may lose their host: their processes are stopped. */
  around(real: JobRunner): JobRunner {
    return {
      run: async (job, onLine, signal) => {
        const left = this.#losses.get(job.environment[EXECUTION_VARIABLE] ?? '') ?? 0;
        if (left === 0) return real.run(job, onLine, signal);
        this.#losses.set(job.environment[EXECUTION_VARIABLE] ?? '', left - 1);
        const loss = new AbortController();
        const lines = (line: string) => {
          loss.abort();
          return onLine(line);
        };
        const exit = await real.run(job, lines, AbortSignal.any([signal, loss.signal]));
        return { ...exit, statusReason: LOST };
      },
    };
  }
}
