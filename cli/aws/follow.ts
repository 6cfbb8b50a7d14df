/** Watches an execution to its end. It asks AWS seldom, as all requests of an account share its rates. */
import { setTimeout } from 'node:timers/promises';
import { EXIT } from '../refusal';
import type { AwsApi } from './api';
import type { Report, WatchEvent } from './events';
import { isAwsError, isTransient, VerbFailed } from './failures';
import { type Described, Follower } from './follower';
import { nextCommand } from './next';
import type { ExecutionOptions } from './options';
import { leaveOnSignals } from './verb';
import { viewFor } from './view';

export const SOONEST_MS = 500;
export const LATEST_MS = 5_000;
export const SLOWER = 1.5;
const LAST_LINES_MS = 1_500;
/** Looks in a row, of up to 5 s and the SDK's own tries: a network may be away for minutes. */
export const TROUBLES = 60;

/** Lengthens the pauses while nothing happens. */
export class Pace {
  #next = SOONEST_MS;

  next(hasNews: boolean): number {
    const now = hasNews ? SOONEST_MS : this.#next;
    this.#next = Math.min(LATEST_MS, now * SLOWER);
    return now;
  }
}

/** Shows the progress of an execution until it ends, or until Ctrl-C, which does not stop the execution. */
export async function watch(api: AwsApi, execution: Described, options: ExecutionOptions): Promise<number> {
  const { name: executionId = '', executionArn = '' } = execution;
  leaveOnSignals(
    `no longer watching; the execution goes on (\`${nextCommand(`watch ${executionId}`, options)}\`, \`${nextCommand(`cancel ${executionId}`, options)}\`)`,
  );
  const view = viewFor(options);
  const follower = new Follower(api, execution);
  const looking = new PatientLook(follower, (event) => view.tell(event));
  try {
    view.tell({ type: 'watching', executionId, executionArn });
    const pace = new Pace();
    for (;;) {
      const hasNews = await looking.look();
      if (follower.isOver) break;
      await setTimeout(pace.next(hasNews));
    }
    if (follower.mayLackLines(Date.now())) {
      await setTimeout(LAST_LINES_MS);
      await looking.look();
    }
    const report = follower.report(Date.now());
    view.tell({ type: 'ended', report });
    return exitCodeOf(report);
  } finally {
    view.close();
  }
}

export function exitCodeOf({ status }: Pick<Report, 'status'>): number {
  return status === 'SUCCEEDED' || status === 'RUNNING' ? EXIT.ok : EXIT.failed;
}

/** Goes on after a look that fails for a passing reason. */
class PatientLook {
  #troubles = 0;

  constructor(
    private readonly follower: Follower,
    private readonly tell: (event: WatchEvent) => void,
  ) {}

  /** @returns whether the look brought events */
  async look(): Promise<boolean> {
    try {
      const news = await this.follower.look(true);
      this.#troubles = 0;
      for (const event of news) this.tell(event);
      return news.length > 0;
    } catch (error) {
      this.#troubles += 1;
      if (!(error instanceof VerbFailed) || !mayPass(error) || this.#troubles > TROUBLES) throw error;
      if (this.#troubles === 1) this.tell({ type: 'trouble', message: `${error.message}. Trying again` });
      return false;
    }
  }
}

/** The history of an execution may not exist yet just after its start. */
function mayPass({ cause }: VerbFailed): boolean {
  return isTransient(cause) || isAwsError(cause, 'ExecutionDoesNotExist');
}
