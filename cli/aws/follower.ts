/** Follows one execution: each look returns its new events, and the report has everything that is known. */
import type { JobDetail } from '@aws-sdk/client-batch';
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import type { ExecutionModel } from '../../src/history/execution';
import { type ExecutionFailure, explainEnd } from '../../src/history/failure';
import { type DoneTransfer, sumOfTransfers, type TransferDirection } from '../../src/history/transfers';
import { INTEGRATIONS } from '../../src/machines/integrations';
import { withoutEmpty } from '../../src/wire/json';
import type { AwsApi } from './api';
import { type DemandOfExecution, readDemand } from './demand';
import type { Report, WatchEvent } from './events';
import { isDenied, VerbFailed } from './failures';
import { FollowedHistory } from './history';
import { endOf, hasEnded, jobLogPlaceOf, jobOfTask, jobReport, LogReader, startOf, statusOf } from './job';
import { currentStateOf, watchEventsOf } from './told';

const LAST_LINES = 20;
const LATE_LINES_MS = 5_000;

/** The fields of DescribeExecution's answer that are used. */
export type Described = Pick<DescribeExecutionOutput, 'executionArn' | 'name' | 'input'>;

export class Follower {
  readonly #history: FollowedHistory;
  readonly #demand: DemandOfExecution;
  readonly #arn: string;
  readonly #lastLines: string[] = [];
  #job: JobDetail | undefined;
  #log: { readonly stream: string; readonly reader: LogReader } | undefined;
  readonly #denied = new Set<string>();
  #looks = 0;

  constructor(
    private readonly api: AwsApi,
    private readonly described: Described,
  ) {
    this.#arn = described.executionArn ?? '';
    this.#demand = readDemand(described.input);
    this.#history = new FollowedHistory(api, this.#arn);
  }

  get #execution(): ExecutionModel {
    return this.#history.execution;
  }

  get isOver(): boolean {
    return this.#execution.end !== undefined;
  }

  get job(): JobDetail | undefined {
    return this.#job;
  }

  get jobId(): string | undefined {
    return this.#execution.jobIds.at(-1);
  }

  /** The lines of the job's last seconds may arrive late. */
  mayLackLines(now: number): boolean {
    const { stoppedAt = 0 } = this.#job ?? {};
    return now - stoppedAt < LATE_LINES_MS;
  }

  /**
   * @param withLog whether to read the job's log; a caller that may not read job or log gets an event about it
   */
  async look(withLog: boolean): Promise<WatchEvent[]> {
    const events = (await this.#history.readOn()).flatMap((event) =>
      watchEventsOf(event, this.#demand.itemName),
    );
    const ofJob = await this.#lookAtJob(withLog);
    this.#looks += 1;
    const place = events.findLastIndex(isSubmission) + 1;
    return [...events.slice(0, place), ...ofJob, ...events.slice(place)];
  }

  report(now: number): Report {
    const { name = '' } = this.described;
    const { startedAt = now, end, open, transfers, counts, children, retriedJobs } = this.#execution;
    const phases = this.#execution.phases(end?.at ?? now);
    const failure = this.#failure();
    return {
      executionId: name,
      executionArn: this.#arn,
      status: end?.status ?? 'RUNNING',
      startDate: new Date(startedAt).toISOString(),
      ...(end !== undefined && { stopDate: new Date(end.at).toISOString() }),
      states: open.map((each) => currentStateOf(each, this.#demand.itemName)),
      phases,
      totalMs: Object.values(phases).reduce((sum, ms) => sum + ms, 0),
      counts,
      ...(this.#job !== undefined && { job: jobReport(this.#job) }),
      ...(retriedJobs.length > 0 && { retriedJobs }),
      transferred: { input: total(transfers, 'input'), output: total(transfers, 'output') },
      outputs: this.#demand.outputs,
      ...withoutEmpty({ failure }),
      nested: children,
    };
  }

  #failure(): ExecutionFailure | undefined {
    const { end } = this.#execution;
    if (end === undefined || end.status === 'SUCCEEDED') return undefined;
    return explainEnd({ ...end, status: end.status }, this.#lastLines);
  }

  async #lookAtJob(withLog: boolean): Promise<WatchEvent[]> {
    const { jobId } = this;
    if (jobId === undefined) return [];
    const before = this.#job?.jobId === jobId ? this.#job : undefined;
    const troubles: WatchEvent[] = [];
    const ask = <T>(answer: Promise<T>) => (withLog ? this.#ifAllowed(answer, troubles) : answer);
    const job =
      before !== undefined && hasEnded(before)
        ? before
        : ((await ask(this.api.job(jobId))) ?? jobOfTask(this.#execution.endedJob ?? {}));
    if (job === undefined) return troubles;
    this.#job = job;
    const lines = withLog ? ((await ask(this.#readLog(job))) ?? []) : [];
    return [
      ...troubles,
      ...(before === undefined ? [startOf(job)] : []),
      ...(isNewStatus(job, before) ? [statusOf(job)] : []),
      ...lines.map((line) => ({ type: 'job-output' as const, line })),
      ...(hasEnded(job) && job !== before ? endOf(job) : []),
    ];
  }

  /** Tells a denied request once. The following looks will be denied, too. */
  async #ifAllowed<T>(answer: Promise<T>, troubles: WatchEvent[]): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof VerbFailed) || !isDenied(error)) throw error;
      if (!this.#denied.has(error.message)) troubles.push({ type: 'trouble', message: error.message });
      this.#denied.add(error.message);
      return undefined;
    }
  }

  async #readLog(job: JobDetail): Promise<string[]> {
    const { group, streams } = jobLogPlaceOf(job);
    // Each attempt of the job has its own stream.
    const stream = streams.at(-1);
    if (stream === undefined) return [];
    // A caller that comes after the job's end gets its last lines alone.
    const from = this.#looks === 0 && hasEnded(job) ? { last: LAST_LINES } : {};
    if (this.#log?.stream !== stream)
      this.#log = { stream, reader: new LogReader(this.api, group, stream, from) };
    const lines: string[] = [];
    for await (const line of this.#log.reader.read()) lines.push(line);
    this.#lastLines.push(...lines.slice(-LAST_LINES));
    this.#lastLines.splice(0, Math.max(0, this.#lastLines.length - LAST_LINES));
    return lines;
  }
}

/** Batch gives the reason of a job that cannot start long after its status. */
function isNewStatus(job: JobDetail, before: JobDetail | undefined): boolean {
  return job.status !== before?.status || (!hasEnded(job) && job.statusReason !== before?.statusReason);
}

function isSubmission(event: WatchEvent): boolean {
  return (
    event.type === 'state' &&
    event.event.type === 'TaskScheduled' &&
    event.event.resource === INTEGRATIONS.batch
  );
}

function total(transfers: readonly DoneTransfer[], direction: TransferDirection) {
  return sumOfTransfers(transfers.filter((transfer) => transfer.direction === direction));
}
