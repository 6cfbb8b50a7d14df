/** The AWS API on this machine, with a small state machine like the deployed one, and the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchClient, RegisterJobDefinitionCommand } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EFSClient } from '@aws-sdk/client-efs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { type Gateway, type GatewayRoute, startGateway } from '../../../local/api/gateway/gateway';
import { Jobs } from '../../../local/api/jobs/jobs';
import { jobsRoute } from '../../../local/api/jobs/route';
import { jobsWorld } from '../../../local/api/jobs/world';
import { LogWriter } from '../../../local/api/logs/log-writer';
import { startMotoServer } from '../../../local/api/moto-server';
import type { ApiServer } from '../../../local/api/python-server';
import { ProcessRunner } from '../../../local/batch/process-runner';
import { systemClock } from '../../../src/adapters/system-clock';
import { DemandProcess, type Ended } from '../demand-process';
import { machineDefinition } from './machine-definition';

const PROJECT = join(__dirname, '../../..');
const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

export class ApiWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'demand-aws-'));
  readonly #started: DemandProcess[] = [];

  private constructor(
    private readonly gateway: Gateway,
    private readonly moto: ApiServer,
    private readonly jobs: Jobs,
    private readonly route: GatewayRoute,
    readonly sfn: SFNClient,
    readonly lapses: Lapses,
    readonly machineArn: string,
  ) {}

  static async start(): Promise<ApiWorld> {
    const gateway = await startGateway({ credentials: CREDENTIALS });
    const moto = await startMotoServer(join(PROJECT, 'local', 'api'), join(PROJECT, '.cache', 'python'), {
      endpoint: gateway.endpoint,
      credentials: CREDENTIALS,
    });
    gateway.forwardTo(moto);
    const settings = { endpoint: gateway.endpoint, region: REGION, credentials: CREDENTIALS };
    const jobs = new Jobs(
      jobsWorld({
        runner: new ProcessRunner(process.env, async () => undefined),
        environment: {},
        fileSystems: tmpdir(),
        batch: new BatchClient(settings),
        efs: new EFSClient(settings),
        logs: new LogWriter(new CloudWatchLogsClient(settings), {
          clock: systemClock,
          lost: () => undefined,
        }),
        events: new EventBridgeClient(settings),
        obstacleOf: () => undefined,
        settings,
      }),
    );
    const sfn = new SFNClient(settings);
    const lapses = { stops: false, jobs: false, denied: false };
    const route = forgetful(jobsRoute(jobs), lapses);
    gateway.addRoute(route);
    return new ApiWorld(gateway, moto, jobs, route, sfn, lapses, await makeResources(settings, sfn));
  }

  /** Opens another way to the same servers. @param port default: any free port */
  async openGateway(port = 0): Promise<Gateway> {
    const gateway = await startGateway({ credentials: CREDENTIALS, port });
    gateway.forwardTo(this.moto);
    gateway.addRoute(this.route);
    return gateway;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  get endpoint(): string {
    return this.gateway.endpoint;
  }

  /** Writes a demand. @returns its path */
  demandOf(id: string, type: string, script = 'true', more: Record<string, unknown> = {}): string {
    return this.write(`${id}.json`, JSON.stringify({ ...demandDocument(id, type, script), ...more }));
  }

  write(name: string, content: string): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** Returns the ARN of the execution with this name. */
  arnOf(name: string): string {
    return `${this.machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }

  start(...args: string[]): DemandProcess {
    return this.startIn({}, [], ...args);
  }

  /** @param changes to the environment; @param command what to run it with */
  startIn(
    changes: Readonly<Record<string, string | undefined>>,
    command: readonly string[],
    ...args: string[]
  ): DemandProcess {
    const environment = { ...withoutAws(process.env), ...this.environment(), ...changes };
    const started = new DemandProcess(this.folder, command, args, environment);
    this.#started.push(started);
    return started;
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.gateway.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      // No instance metadata service answers here, and the SDK would wait for it.
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(this.folder, 'no-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(this.folder, 'no-credentials'),
    };
  }

  async stop(): Promise<void> {
    for (const started of this.#started) started.kill('SIGKILL');
    await Promise.all(this.#started.map(({ ended }) => ended));
    await this.jobs.stop();
    await this.gateway.close();
    await this.moto.stop();
    rmSync(this.folder, { recursive: true, maxRetries: 5 });
  }
}

/** Makes AWS's exceptions happen: a job may go on after its execution was stopped, and Batch forgets an ended job after days. */
interface Lapses {
  stops: boolean;
  jobs: boolean;
  /** Denies requests about jobs. */
  denied: boolean;
}

function forgetful(route: GatewayRoute, lapses: Lapses): GatewayRoute {
  return (method, path) => {
    const answerer = route(method, path);
    if (answerer === undefined) return undefined;
    return async (request) => {
      const body = request.body.toString();
      // The state machine of moto asks about its job, too, with a Python client.
      const isOurs = request.headers['user-agent']?.includes('aws-sdk-js') === true;
      if (lapses.stops && path === '/v1/terminatejob' && body.includes(' was stopped"'))
        return { status: 200, body: '{}' };
      if (isOurs && lapses.jobs && path === '/v1/describejobs') return { status: 200, body: '{"jobs":[]}' };
      if (isOurs && lapses.denied && path === '/v1/describejobs')
        return {
          status: 403,
          headers: { 'x-amzn-errortype': 'AccessDeniedException' },
          body: '{"message":"No"}',
        };
      return answerer(request);
    };
  };
}

async function makeResources(
  settings: { endpoint: string; region: string; credentials: typeof CREDENTIALS },
  sfn: SFNClient,
): Promise<string> {
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'data/a.txt', Body: 'A' }));
  const { jobDefinitionArn = '' } = await new BatchClient(settings).send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: 'test',
      type: 'container',
      containerProperties: { image: 'debian:12-slim', command: ['true'], vcpus: 1, memory: 512 },
    }),
  );
  const { stateMachineArn = '' } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'dev-demand-execution',
      roleArn: 'arn:aws:iam::123456789012:role/test',
      definition: JSON.stringify(machineDefinition(jobDefinitionArn)),
    }),
  );
  return stateMachineArn;
}

function demandDocument(id: string, type: string, script: string) {
  return {
    execution_type: type,
    execution_id: id,
    execution_image: 'public.ecr.aws/docker/library/debian:12-slim',
    execution_parameters: {
      command: ['bash', '-c', script],
      params: { data: 's3://bucket/data/ @ data', out: 'out @ s3://bucket/results/' },
      inputs: ['data'],
      outputs: ['out'],
    },
    execution_platform: { aws_batch: { job_queue_name: 'any' } },
    resource_requirements: { memory: 512, vcpus: 1 },
  };
}

function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')));
}
