/** AWS on this machine, with the service deployed: a server for its API, and before it what runs functions and jobs. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchClient } from '@aws-sdk/client-batch';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EFSClient } from '@aws-sdk/client-efs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { describeError } from '../../src/errors';
import type { JobRunner } from '../batch/runner';
import { SHELL_WORD } from '../world/root';
import { findDeployedFunctions } from './deployed-functions';
import { deployPackage, packageService } from './deployment';
import { placeOfInstance } from './functions/log-place';
import { FunctionPool } from './functions/pool';
import { invokeRoute } from './functions/route';
import { type Gateway, startGateway } from './gateway/gateway';
import { Jobs } from './jobs/jobs';
import { jobsRoute } from './jobs/route';
import { jobsWorld } from './jobs/world';
import { LogWriter } from './logs/log-writer';
import { startMotoServer } from './moto-server';
import type { ApiServer } from './python-server';

export const LOCAL_REGION = 'us-west-2';
/** Any would do. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

export interface LocalApiOptions {
  /** Of the project: its package is deployed. */
  readonly project: string;
  /** Everything that is kept: file systems, the package, logs. */
  readonly root: string;
  readonly stage: string;
  /** Instead of the stage's own file. */
  readonly deploymentConfig?: string;
  readonly runner: JobRunner;
  /** Jobs have containers; without, they see the folders themselves. */
  readonly hasContainers: boolean;
  readonly port?: number;
  /** Behind the gateway, instead of moto's. */
  startServer?(gateway: string): Promise<ApiServer>;
  /** What functions write, line by line; and of lines, theirs or of jobs, that CloudWatch Logs has not got. */
  log(source: string, line: string): void;
}

export interface LocalApi {
  /** For `AWS_ENDPOINT_URL`, and any credentials. */
  readonly endpoint: string;
  readonly region: string;
  /** The physical id of each resource of the stack, by its logical one. */
  readonly resources: ReadonlyMap<string, string>;
  /** Stops jobs and functions, waits until what they wrote is in their logs, and stops the servers. */
  stop(): Promise<void>;
}

/** @throws Error when a server could not be started, or a resource not be made */
export async function startLocalApi(options: LocalApiOptions): Promise<LocalApi> {
  const { project, root, startServer = motoServerOf(project) } = options;
  if (!SHELL_WORD.test(root))
    throw new Error(
      `A job's command line holds its paths, and ${root} is more than one word there. Give another --root`,
    );
  const gateway = await startGateway(options.port);
  let server: ApiServer | undefined;
  let logs: LogWriter | undefined;
  let pool: FunctionPool | undefined;
  let jobs: Jobs | undefined;
  const stop = async () => {
    await jobs?.stop();
    await pool?.stop();
    await logs?.flush();
    await gateway.close();
    await server?.stop();
  };
  try {
    const [started, packaged] = await Promise.all([
      startServer(gateway.endpoint),
      packageService(project, options.stage, join(root, 'package'), options.deploymentConfig),
    ]);
    server = started;
    gateway.forwardTo(server.endpoint);
    const settings = { endpoint: server.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
    const resources = await deployPackage(packaged, `demand-executions-${options.stage}`, {
      cloudFormation: new CloudFormationClient(settings),
      s3: new S3Client({ ...settings, forcePathStyle: true }),
    });
    const functions = await findDeployedFunctions(packaged, resources, new LambdaClient(settings));
    const fileSystems = join(root, 'efs');
    const mounted = [...functions.values()].flatMap(
      ({ environment }) => environment.EFS_MOUNT_POINT_ID_MAIN ?? [],
    );
    for (const id of new Set(mounted)) await mkdir(join(fileSystems, id), { recursive: true });
    const containerRoot = options.hasContainers ? undefined : join(fileSystems, mounted[0] ?? '');
    const localise = functionEnvironment(gateway, fileSystems, containerRoot);
    logs = logWriter(new CloudWatchLogsClient(settings), options.log);
    pool = new FunctionPool(instanceLogs(logs, options.log));
    gateway.addRoute(
      invokeRoute(pool, async (name) => {
        const deployed = functions.get(name);
        return deployed && { ...deployed, environment: localise(deployed.environment) };
      }),
    );
    jobs = new Jobs(
      jobsWorld({
        runner: options.runner,
        region: LOCAL_REGION,
        fileSystems,
        batch: new BatchClient(settings),
        efs: new EFSClient(settings),
        logs,
        events: new EventBridgeClient(settings),
      }),
    );
    gateway.addRoute(jobsRoute(jobs));
    return { endpoint: gateway.endpoint, region: LOCAL_REGION, resources, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function motoServerOf(project: string) {
  return (gateway: string) =>
    startMotoServer(join(project, 'local', 'api'), join(project, '.cache', 'python'), gateway);
}

function logWriter(client: CloudWatchLogsClient, log: LocalApiOptions['log']): LogWriter {
  return new LogWriter(client, {
    now: Date.now,
    lost: ({ group, stream }, lines, error) =>
      log(
        'CloudWatch Logs',
        `${lines} lines of ${group} ${stream} are lost: ${describeError(error).message}`,
      ),
  });
}

/** Each line of an instance goes to its stream, and to who has asked for all. */
function instanceLogs(logs: LogWriter, log: LocalApiOptions['log']) {
  return (name: string) => {
    const place = placeOfInstance(name, Date.now(), randomBytes(16).toString('hex'));
    return (line: string) => {
      log(name, line);
      logs.write(place, line);
    };
  };
}

/** What Lambda adds to a function's own variables, and where its file systems are on this machine. */
function functionEnvironment({ endpoint }: Gateway, fileSystems: string, containerRoot: string | undefined) {
  return (own: Readonly<Record<string, string>>): Record<string, string> => {
    const fileSystem = own.EFS_MOUNT_POINT_ID_MAIN;
    return {
      ...own,
      ...(fileSystem === undefined ? {} : { EFS_MOUNT_POINT_PATH_MAIN: join(fileSystems, fileSystem) }),
      ...(containerRoot === undefined ? {} : { CONTAINER_PATH_ROOT: containerRoot }),
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: LOCAL_REGION,
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    };
  };
}
