/** Watching until the end: gently, as the requests of a whole account share their rates. */
import { setTimeout } from 'node:timers/promises';
import { EXIT } from '../refusal';
import type { AwsApi } from './api';
import type { Report, WatchEvent } from './events';
import { isAwsError, isTransient, VerbFailed } from './failures';
import { type Described, Follower } from './follower';
import { nextCommand } from './next';
import type { AwsOptions } from './options';
import { leaveOnSignals } from './verb';
import { viewFor } from './view';

export const SOONEST_MS = 500;
export const LATEST_MS = 5_000;
export const SLOWER = 1.5;
const LAST_LINES_MS = 1_500;
/** Looks in a row, of up to 5 s and the SDK's own tries: a network may be away for minutes. */
export const TROUBLES = 60;

/** Backs off while nothing happens. */
export class Pace {
  #next = SOONEST_MS;

  next(hasNews: boolean): number {
    const now = hasNews ? SOONEST_MS : this.#next;
    this.#next = Math.min(LATEST_MS, now * SLOWER);
    return now;
  }
}

/** Tells how an execution goes on, to its end or to a Ctrl-C, which leaves it alone. */
export async function watch(api: AwsApi, execution: Described, options: AwsOptions): Promise<number> {
  const { name: executionId = '', executionArn = '' } = execution;
  leaveOnSignals(
    `no longer watching; the execution goes on (\`${nextCommand(`watch ${executionId}`, options)}\`, \`${nextCommand(`cancel ${executionId}`, options)}\`)`,
  );
  const view = viewFor(options.json);
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

/** A look that fails for a reason which may pass is no end of the watching. */
class PatientLook {
  #troubles = 0;

  constructor(
    private readonly follower: Follower,
    private readonly tell: (event: WatchEvent) => void,
  ) {}

  /** @returns whether there was something to tell */
  async look(): Promise<boolean> {
    try {
      const news = await this.follower.look(true);
      this.#troubles = 0;
      for (const event of news) this.tell(event);
      return news.length > 0;
    } catch (error) {
      this.#troubles += 1;
      if (!(error instanceof VerbFailed) || !mayPass(error) || this.#troubles > TROUBLES) throw error;
      if (this.#troubles === 1) this.tell({ type: 'trouble', message: `${error.message}. Trying on` });
      return false;
    }
  }
}

/** Of what was started just now a history is not always there at once. */
function mayPass({ cause }: VerbFailed): boolean {
  return isTransient(cause) || isAwsError(cause, 'ExecutionDoesNotExist');
}
