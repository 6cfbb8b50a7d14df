/** Reads the history of an execution on AWS. Each read goes on where the last one stopped. */
import { AwsHistory } from '../../src/adapters/aws/aws-history';
import type { HistoryEvent } from '../../src/history/events';
import { ExecutionModel } from '../../src/history/execution';
import type { AwsApi } from './api';

/** The name of the machine in each event, as in the events of a local run. */
const MACHINE = 'demand-execution';

export class FollowedHistory {
  readonly execution = new ExecutionModel();
  readonly #history = new AwsHistory(MACHINE);

  constructor(
    private readonly api: Pick<AwsApi, 'historySince'>,
    private readonly executionArn: string,
  ) {}

  /** @returns the events since the last call */
  async readOn(): Promise<HistoryEvent[]> {
    const { lastId } = this.#history;
    const events = this.#history.translate(await this.api.historySince(this.executionArn, lastId));
    for (const event of events) this.execution.see(event);
    return events;
  }
}
