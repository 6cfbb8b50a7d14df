/** Runs the functions of a deployed service, and the jobs of its queues, on this machine. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchClient } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EFSClient } from '@aws-sdk/client-efs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '../../src/adapters/system-clock';
import { describeError } from '../../src/errors';
import type { JobRunner } from '../batch/runner';
import { type ApiCredentials, credentialsEnvironment } from './access/credentials';
import { tellQueue } from './dead-letters';
import { EventInvocations } from './functions/event-invocations';
import { placeOfInstance } from './functions/log-place';
import { FunctionPool } from './functions/pool';
import { invokeRoute } from './functions/route';
import type { DeployedFunction } from './functions/worker';
import type { GatewayRoute } from './gateway/gateway';
import type { Job } from './jobs/job';
import { Jobs } from './jobs/jobs';
import { jobsRoute } from './jobs/route';
import { jobsWorld } from './jobs/world';
import { LogWriter } from './logs/log-writer';
import { withBuckets } from './stage-buckets';

interface ServerSettings {
  /** Endpoint of the gateway. Functions and jobs get it as AWS's. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: ApiCredentials;
}

export interface ServiceOptions {
  /** The functions by name. */
  readonly functions: ReadonlyMap<string, DeployedFunction>;
  readonly settings: ServerSettings;
  /** A folder for each file system, named by its id. */
  readonly fileSystems: string;
  readonly runner: JobRunner;
  readonly hasContainers: boolean;
  /** Returns the buckets that the stage has besides those of its rules. Default: none. */
  buckets?(): Promise<readonly string[]>;
  log(source: string, line: string): void;
  readonly faults?: ServiceFaults;
}

/** Faults that a test puts between the callers and the service. */
export interface ServiceFaults {
  /** Returns the pool that the invocations of state machines get. */
  functions(pool: FunctionPool): Pick<FunctionPool, 'invoke'>;
  /** Returns the route in front of one of the service's routes. */
  route(route: GatewayRoute): GatewayRoute;
  /** Returns the words of Batch when no host can run a job. Default: each job has a host. */
  obstacleOf?(job: Job): string | undefined;
}

const NO_FAULTS: ServiceFaults = { functions: (pool) => pool, route: (route) => route };

export interface DeployedService {
  /** The requests that functions and jobs answer in place of AWS. */
  readonly routes: readonly GatewayRoute[];
  /** Stops the jobs, then the functions, and waits until their lines are in the logs. */
  stop(): Promise<void>;
}

export async function runService(options: ServiceOptions): Promise<DeployedService> {
  const { functions, settings, fileSystems, log, faults = NO_FAULTS } = options;
  const localise = await localiser(options);
  const logs = logWriter(new CloudWatchLogsClient(settings), log);
  const pool = new FunctionPool(instanceLogs(logs, log));
  const queues = new SQSClient(settings);
  const events = new EventInvocations(pool, {
    tell: (destination, record) => tellQueue(destination, record, queues),
    lost: (name, reason) => log(name, `An event is lost: ${reason}`),
    clock: systemClock,
  });
  const jobs = new Jobs(
    jobsWorld({
      runner: options.runner,
      environment: callersEnvironment(settings),
      fileSystems,
      batch: new BatchClient(settings),
      efs: new EFSClient(settings),
      logs,
      events: new EventBridgeClient(settings),
      obstacleOf: (job) => faults.obstacleOf?.(job),
      settings,
    }),
  );
  const find = async (name: string) => {
    const deployed = functions.get(name);
    const buckets = await options.buckets?.();
    return (
      deployed && { ...deployed, environment: withBuckets(localise(deployed.environment), buckets ?? []) }
    );
  };
  return {
    routes: [invokeRoute(faults.functions(pool), events, find), jobsRoute(jobs)].map((route) =>
      faults.route(route),
    ),
    async stop() {
      await jobs.stop();
      await Promise.all([events.stop(), pool.stop()]);
      await logs.flush();
    },
  };
}

function logWriter(client: CloudWatchLogsClient, log: ServiceOptions['log']): LogWriter {
  return new LogWriter(client, {
    clock: systemClock,
    lost: ({ group, stream }, lines, error) =>
      log(
        'CloudWatch Logs',
        `${lines} lines of ${group} ${stream} are lost: ${describeError(error).message}`,
      ),
  });
}

/** Sends each line of a function's instance to its log stream and to `log`. */
function instanceLogs(logs: LogWriter, log: ServiceOptions['log']) {
  return (name: string) => {
    const place = placeOfInstance(name, Date.now(), randomBytes(16).toString('hex'));
    return (line: string) => {
      log(name, line);
      return logs.write(place, line);
    };
  };
}

/** Returns the variables with which a function or a job calls AWS. On AWS their roles give the credentials. */
function callersEnvironment({ endpoint, region, credentials }: ServerSettings): Record<string, string> {
  return { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, ...credentialsEnvironment(credentials) };
}

type FunctionEnvironment = Readonly<Record<string, string>>;

/** Adds the variables that Lambda sets, and the local folders of the file systems, to a function's own variables. */
async function localiser(
  options: ServiceOptions,
): Promise<(own: FunctionEnvironment) => FunctionEnvironment> {
  const { functions, settings, fileSystems, hasContainers } = options;
  const mounted = [...functions.values()].flatMap(
    ({ environment }) => environment.EFS_MOUNT_POINT_ID_MAIN ?? [],
  );
  for (const id of new Set(mounted)) await mkdir(join(fileSystems, id), { recursive: true });
  const added = {
    ...(!hasContainers && { CONTAINER_PATH_ROOT: join(fileSystems, mounted[0] ?? '') }),
    ...callersEnvironment(settings),
    // No instance is initialised before its first event.
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  };
  return (own) => {
    const id = own.EFS_MOUNT_POINT_ID_MAIN;
    return {
      ...own,
      ...(id !== undefined && { EFS_MOUNT_POINT_PATH_MAIN: join(fileSystems, id) }),
      ...added,
    };
  };
}
