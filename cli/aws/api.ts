/** The requests to AWS. A request that fails names the IAM action that it needs. */
import { BatchClient, DescribeJobsCommand, type JobDetail, TerminateJobCommand } from '@aws-sdk/client-batch';
import {
  CloudWatchLogsClient,
  GetLogEventsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  paginateListExecutions,
  paginateListStateMachines,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { STEP_FUNCTIONS_PAGE } from '../../src/aws-limits';
import { withoutEmpty } from '../../src/wire/json';
import { explainAwsError, isAwsError } from './failures';
import type { AwsOptions } from './options';

/** Milliseconds. An unreachable endpoint fails soon, and an answer may be slow. */
const PATIENCE = { connectionTimeout: 5_000, requestTimeout: 30_000 };
const HISTORY_PAGE = 200;

export interface LogPage {
  readonly lines: readonly { readonly timestamp: number; readonly message: string }[];
  /** The token of the next page. */
  readonly token?: string;
}

export interface LoggedEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

export class AwsApi {
  readonly #sfn: SFNClient;
  readonly #batch: BatchClient;
  readonly #logs: CloudWatchLogsClient;

  constructor(settings: ReturnType<typeof clientSettings>) {
    const patient = { ...settings, requestHandler: PATIENCE };
    this.#sfn = new SFNClient(patient);
    this.#batch = new BatchClient(patient);
    this.#logs = new CloudWatchLogsClient(patient);
  }

  async region(): Promise<string> {
    return ask('region', () => this.#sfn.config.region());
  }

  /** Returns the ARNs of all state machines, by name. */
  machines(): Promise<Map<string, string>> {
    return ask('states:ListStateMachines', async () => {
      const found = new Map<string, string>();
      for await (const { stateMachines = [] } of paginateListStateMachines({ client: this.#sfn }, {}))
        for (const { name = '', stateMachineArn = '' } of stateMachines) found.set(name, stateMachineArn);
      return found;
    });
  }

  /** @returns undefined when the execution does not exist */
  async execution(executionArn: string) {
    return ask('states:DescribeExecution', () =>
      this.#sfn.send(new DescribeExecutionCommand({ executionArn })).catch(noneFor('ExecutionDoesNotExist')),
    );
  }

  /** Returns the state machine's definition at the start of the execution, JSON. */
  definitionOf(executionArn: string): Promise<string> {
    return ask('states:DescribeStateMachineForExecution', async () => {
      const command = new DescribeStateMachineForExecutionCommand({ executionArn });
      return (await this.#sfn.send(command)).definition ?? '';
    });
  }

  start(stateMachineArn: string, name: string, input: string) {
    return ask('states:StartExecution', () =>
      this.#sfn
        .send(new StartExecutionCommand({ stateMachineArn, name, input }))
        .catch(noneFor('ExecutionAlreadyExists')),
    );
  }

  stop(executionArn: string, error: string, cause: string) {
    return ask('states:StopExecution', () =>
      this.#sfn.send(new StopExecutionCommand({ executionArn, error, cause })),
    );
  }

  /** Returns at most `limit` executions, the newest first. */
  executions(stateMachineArn: string, limit: number, status?: string) {
    return ask('states:ListExecutions', async () => {
      const found = [];
      const wanted = { stateMachineArn, ...(status && { statusFilter: status as ExecutionStatus }) };
      const paging = { client: this.#sfn, pageSize: Math.min(limit, STEP_FUNCTIONS_PAGE) };
      for await (const { executions = [] } of paginateListExecutions(paging, wanted)) {
        found.push(...executions);
        if (found.length >= limit) break;
      }
      return found.slice(0, limit);
    });
  }

  /**
   * Returns the events after the event `known`, in their order. The pages are read from the newest event back, as most
   * events are known already.
   */
  historySince(executionArn: string, known: number): Promise<HistoryEvent[]> {
    return ask('states:GetExecutionHistory', async () => {
      const found = new Map<number, HistoryEvent>();
      let nextToken: string | undefined;
      let oldest = Number.POSITIVE_INFINITY;
      do {
        const page: { events?: HistoryEvent[] | undefined; nextToken?: string | undefined } =
          await this.#sfn.send(
            new GetExecutionHistoryCommand({
              executionArn,
              reverseOrder: true,
              maxResults: HISTORY_PAGE,
              ...withoutEmpty({ nextToken }),
            }),
          );
        for (const event of page.events ?? []) {
          oldest = Math.min(oldest, event.id ?? 0);
          if ((event.id ?? 0) > known) found.set(event.id ?? 0, event);
        }
        nextToken = page.nextToken;
      } while (nextToken !== undefined && oldest > known + 1);
      return [...found.values()].sort((one, other) => (one.id ?? 0) - (other.id ?? 0));
    });
  }

  /** @returns undefined for a job that Batch has forgotten, days after its end */
  job(jobId: string): Promise<JobDetail | undefined> {
    return ask('batch:DescribeJobs', async () => {
      const { jobs = [] } = await this.#batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
      return jobs[0];
    });
  }

  async terminateJob(jobId: string, reason: string): Promise<void> {
    await ask('batch:TerminateJob', () => this.#batch.send(new TerminateJobCommand({ jobId, reason })));
  }

  /**
   * Reads a page of a log stream.
   *
   * @param from the token of the page, or else the time of its first line (milliseconds since 1970-01-01 UTC), or else the
   *   number of last lines; the default is the beginning
   */
  log(
    group: string,
    stream: string,
    from: { token?: string; since?: number; last?: number },
  ): Promise<LogPage> {
    const { token, since, last } = from;
    return ask('logs:GetLogEvents', async () => {
      const page = await this.#logs
        .send(
          new GetLogEventsCommand({
            logGroupName: group,
            logStreamName: stream,
            startFromHead: last === undefined,
            ...withoutEmpty({ limit: last, nextToken: token, startTime: since }),
          }),
        )
        // The stream of a job exists from the job's first line on.
        .catch(noneFor('ResourceNotFoundException'));
      const lines = (page?.events ?? []).map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
      return { lines, ...withoutEmpty({ token: page?.nextForwardToken }) };
    });
  }

  /** Returns the matching events of all streams of a group; undefined when the group does not exist. */
  filterLog(
    group: string,
    { from, until, pattern }: { from: number; until: number; pattern: string },
  ): Promise<LoggedEvent[] | undefined> {
    const wanted = { logGroupName: group, startTime: from, endTime: until, filterPattern: pattern };
    return ask('logs:FilterLogEvents', async () => {
      const found: LoggedEvent[] = [];
      try {
        for await (const { events = [] } of paginateFilterLogEvents({ client: this.#logs }, wanted))
          for (const { eventId: id = '', timestamp = 0, message = '' } of events)
            found.push({ id, timestamp, message });
      } catch (error) {
        return noneFor('ResourceNotFoundException')(error);
      }
      return found;
    });
  }
}

/** Returns the settings that the command line gives. The SDK finds all others in its own places. */
export function clientSettings({ profile, region, endpointUrl, stateMachine }: AwsOptions) {
  // The ARN names the region, and counts more than the environment.
  const place = region ?? stateMachine?.split(':')[3];
  return {
    ...withoutEmpty({ profile, endpoint: endpointUrl, region: place }),
  };
}

function noneFor(name: string): (error: unknown) => undefined {
  return (error) => {
    if (isAwsError(error, name)) return undefined;
    throw error;
  };
}

async function ask<T>(action: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw Object.assign(explainAwsError(error, action), { cause: error });
  }
}
