/** AWS on this machine, with the service deployed: a server for its API, and before it what runs functions and jobs. */
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import type { JobRunner } from '../batch/runner';
import { SHELL_WORD } from '../world/root';
import { findDeployedFunctions } from './deployed-functions';
import { type DeployedService, runService } from './deployed-service';
import { deployPackage, packageService } from './deployment';
import { startGateway } from './gateway/gateway';
import { startMotoServer } from './moto-server';
import type { ApiServer } from './python-server';

const LOCAL_REGION = 'us-west-2';
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
  const { project, root, stage, startServer = motoServerOf(project) } = options;
  if (!SHELL_WORD.test(root))
    throw new Error(
      `A job's command line holds its paths, and ${root} is more than one word there. Give another --root`,
    );
  const gateway = await startGateway(options.port);
  const starting = startServer(gateway.endpoint);
  let service: DeployedService | undefined;
  const stop = async () => {
    await service?.stop();
    await gateway.close();
    await starting.then(
      (server) => server.stop(),
      () => undefined,
    );
  };
  try {
    const [server, packaged] = await Promise.all([
      starting,
      packageService(project, stage, join(root, 'package'), options.deploymentConfig),
    ]);
    gateway.forwardTo(server.endpoint);
    const settings = { endpoint: server.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
    const resources = await deployPackage(packaged, `demand-executions-${stage}`, {
      cloudFormation: new CloudFormationClient(settings),
      s3: new S3Client({ ...settings, forcePathStyle: true }),
    });
    service = await runService({
      ...options,
      functions: await findDeployedFunctions(packaged, resources, new LambdaClient(settings)),
      gateway: gateway.endpoint,
      settings,
      fileSystems: join(root, 'efs'),
    });
    for (const route of service.routes) gateway.addRoute(route);
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
