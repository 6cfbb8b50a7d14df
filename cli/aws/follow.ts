/** Watching until the end: gently, as the requests of a whole account share their rates. */
import { cancelOnSignals, type SignalWords } from '../cancel';
import { EXIT } from '../refusal';
import type { AwsApi } from './api';
import type { Report, WatchEvent } from './events';
import { isAwsError, isTransient, VerbFailed } from './failures';
import { type Described, Follower } from './follower';
import { pause } from './verb';
import { viewFor } from './view';

const SOONEST_MS = 500;
const LATEST_MS = 5_000;
const SLOWER = 1.5;
/** Looks in a row, of up to 5 s and the SDK's own tries: a network may be away for minutes. */
const TROUBLES = 60;

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
export async function watch(api: AwsApi, execution: Described, json: boolean): Promise<number> {
  const { name: executionId = '', executionArn = '' } = execution;
  const signal = cancelOnSignals(leavingWords(executionId));
  const view = viewFor(json);
  const follower = new Follower(api, execution);
  try {
    view.tell({ type: 'watching', executionId, executionArn });
    const pace = new Pace();
    const looking = new PatientLook(follower, view.tell.bind(view));
    while (!signal.aborted) {
      const news = await looking.look();
      for (const event of news) view.tell(event);
      if (follower.isOver) return end(follower.report(Date.now()), view.tell.bind(view));
      await pause(pace.next(news.length > 0), signal);
    }
    return EXIT.cancelled;
  } finally {
    view.close();
  }
}

export function exitCodeOf({ status }: Pick<Report, 'status'>): number {
  return status === 'SUCCEEDED' || status === 'RUNNING' ? EXIT.ok : EXIT.failed;
}

function end(report: Report, tell: (event: WatchEvent) => void): number {
  tell({ type: 'ended', report });
  return exitCodeOf(report);
}

/** A look that fails for a reason which may pass is no end of the watching. */
class PatientLook {
  #troubles = 0;

  constructor(
    private readonly follower: Follower,
    private readonly tell: (event: WatchEvent) => void,
  ) {}

  async look(): Promise<WatchEvent[]> {
    try {
      const news = await this.follower.look(true);
      this.#troubles = 0;
      return news;
    } catch (error) {
      this.#troubles += 1;
      if (!(error instanceof VerbFailed) || !mayPass(error) || this.#troubles > TROUBLES) throw error;
      if (this.#troubles === 1) this.tell({ type: 'trouble', message: `${error.message}. Trying on` });
      return [];
    }
  }
}

/** Of what was started just now a history is not always there at once. */
function mayPass({ cause }: VerbFailed): boolean {
  return isTransient(cause) || isAwsError(cause, 'ExecutionDoesNotExist');
}

function leavingWords(id: string): SignalWords {
  return {
    begun: `no longer watching; the execution goes on (\`demand watch ${id}\`, \`demand cancel ${id}\`)`,
    reason: 'not watched any more',
  };
}
