/** Starts AWS's API on this machine with the service deployed: a server, and a gateway that runs functions and jobs. */
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { withoutEmpty } from '../../src/wire/json';
import type { JobRunner } from '../batch/runner';
import { SHELL_WORD } from '../world/root';
import { type ApiCredentials, newCredentials } from './access/credentials';
import { findDeployedFunctions } from './deployed-functions';
import { type DeployedService, runService, type ServiceFaults } from './deployed-service';
import { deployPackage, type Package, readPackage } from './deployment';
import { startGateway } from './gateway/gateway';
import { type GatewayAccess, startMotoServer } from './moto-server';
import type { ApiServer } from './python-server';
import { packageService } from './service-package';
import { bucketsOfUsers } from './stage-buckets';

const LOCAL_REGION = 'us-west-2';

export interface LocalApiOptions {
  /** Folder of the project: its package is deployed. */
  readonly project: string;
  /** Folder of the file systems, the package and the logs. */
  readonly root: string;
  readonly stage: string;
  /** Folder of a package of the stage. Default: the service is packaged now. */
  readonly packaged?: string;
  readonly runner: JobRunner;
  /** True when jobs run in containers. Otherwise they see the folders of this machine. */
  readonly hasContainers: boolean;
  readonly port?: number;
  /** True: every bucket that users make here is a bucket of the stage. Default: only those of its configuration. */
  readonly hasEveryBucket?: boolean;
  /** Starts the server behind the gateway. Default: moto's server. */
  startServer?(gateway: GatewayAccess): Promise<ApiServer>;
  readonly faults?: ServiceFaults;
  /** Gets each line that a function writes, and a message for lines that CloudWatch Logs has not taken. */
  log(source: string, line: string): void;
}

export interface LocalApi {
  /** Value for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  /** The only credentials that it accepts. Each start has others. */
  readonly credentials: ApiCredentials;
  readonly region: string;
  /** The physical id of each resource of the stack, by its logical id. */
  readonly resources: ReadonlyMap<string, string>;
  /** Resolves with the reason when the server behind the gateway has ended. Nothing can be done with the API then. */
  readonly ended: Promise<string>;
  /** Stops jobs and functions, waits until their lines are in the logs, and stops the servers. */
  stop(): Promise<void>;
}

/** @throws Error when `root` is not one shell word, a server does not start, or a resource is not made */
export async function startLocalApi(options: LocalApiOptions): Promise<LocalApi> {
  const { project, root, stage, startServer = motoServerOf(project) } = options;
  if (!SHELL_WORD.test(root))
    throw new Error(
      `A job's command line contains paths below --root, and ${root} is not one word there: give a --root without spaces and quotes`,
    );
  const credentials = newCredentials();
  const gateway = await startGateway({ credentials, ...withoutEmpty({ port: options.port }) });
  const { endpoint } = gateway;
  const starting = startServer({ endpoint, credentials });
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
    const [server, packaged] = await Promise.all([starting, packageOf(options)]);
    gateway.forwardTo(server);
    const settings = { endpoint, region: LOCAL_REGION, credentials };
    const s3 = new S3Client({ ...settings, forcePathStyle: true });
    const resources = await deployPackage(packaged, `demand-executions-${stage}`, {
      cloudFormation: new CloudFormationClient(settings),
      s3,
    });
    service = await runService({
      ...options,
      functions: await findDeployedFunctions(packaged, resources, new LambdaClient(settings)),
      settings,
      fileSystems: join(root, 'efs'),
      ...(options.hasEveryBucket && { buckets: () => bucketsOfUsers(s3, resources) }),
    });
    for (const route of service.routes) gateway.addRoute(route);
    return { endpoint, region: LOCAL_REGION, credentials, resources, ended: server.ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function motoServerOf(project: string) {
  return (gateway: GatewayAccess) =>
    startMotoServer(join(project, 'local', 'api'), join(project, '.cache', 'python'), gateway);
}

async function packageOf({ project, root, stage, packaged }: LocalApiOptions): Promise<Package> {
  const folder = packaged ?? join(root, 'package');
  if (packaged === undefined) await packageService(project, stage, folder);
  return readPackage(folder, join(root, 'functions'));
}
