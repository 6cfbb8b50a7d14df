/** The requests that are sent to AWS; each tells of its own failure by the action it needs. */
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

/** A machine that nobody answers for is told soon; an answer may take its time. */
const PATIENCE = { connectionTimeout: 5_000, requestTimeout: 30_000 };
const HISTORY_PAGE = 200;

export interface LogPage {
  readonly lines: readonly { readonly timestamp: number; readonly message: string }[];
  /** Where to go on. */
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

  /** ARNs of all state machines, by name. */
  machines(): Promise<Map<string, string>> {
    return ask('states:ListStateMachines', async () => {
      const found = new Map<string, string>();
      for await (const { stateMachines = [] } of paginateListStateMachines({ client: this.#sfn }, {}))
        for (const { name = '', stateMachineArn = '' } of stateMachines) found.set(name, stateMachineArn);
      return found;
    });
  }

  /** @returns undefined if there is none */
  async execution(executionArn: string) {
    return ask('states:DescribeExecution', () =>
      this.#sfn.send(new DescribeExecutionCommand({ executionArn })).catch(noneFor('ExecutionDoesNotExist')),
    );
  }

  /** The state machine as it was when the execution began, JSON. */
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

  /** The newest first, at most so many. */
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

  /** What happened after the event of this number, in order; from the newest back, as most of it is known already. */
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

  /** @returns undefined for one that Batch has forgotten, days after its end */
  job(jobId: string): Promise<JobDetail | undefined> {
    return ask('batch:DescribeJobs', async () => {
      const { jobs = [] } = await this.#batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
      return jobs[0];
    });
  }

  async terminateJob(jobId: string, reason: string): Promise<void> {
    await ask('batch:TerminateJob', () => this.#batch.send(new TerminateJobCommand({ jobId, reason })));
  }

  /** A page of a stream: on from a token, else from a time or the beginning, else the last lines. */
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
        // A job that has not written yet has no stream.
        .catch(noneFor('ResourceNotFoundException'));
      const lines = (page?.events ?? []).map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
      return { lines, ...withoutEmpty({ token: page?.nextForwardToken }) };
    });
  }

  /** All that fits a pattern, whichever stream it is in. @returns undefined when there is no such group */
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

/** Where, and as who; what is not said here the SDK looks up in its own places. */
export function clientSettings({ profile, region, endpointUrl, stateMachine }: AwsOptions) {
  // The ARN says where the machine is, whatever the surroundings say.
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
