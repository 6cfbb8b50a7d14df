/** The packaged service, deployed by CloudFormation as `serverless deploy` would do it. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import {
  type CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type StackResource,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

const run = promisify(execFile);
const CAPABILITIES = ['CAPABILITY_NAMED_IAM' as const];

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: FunctionProperties }>
  >;
}

interface FunctionProperties {
  readonly Code?: { readonly S3Key: string };
  readonly Handler?: string;
  readonly Timeout?: number;
  readonly MemorySize?: number;
}

export interface PackagedFunction {
  /** In the template. */
  readonly logicalId: string;
  /** The unpacked bundle, and which of its exports is the handler. */
  readonly file: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
}

export interface Package {
  readonly folder: string;
  readonly functions: readonly PackagedFunction[];
}

/** Builds functions and template of a stage, and unpacks the bundles. @throws Error with what the command said */
export async function packageService(
  project: string,
  stage: string,
  folder: string,
  config = '',
): Promise<Package> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const serverless = join(project, 'node_modules', '.bin', 'serverless');
  const args = ['package', '--stage', stage, '--package', folder];
  const env = { ...process.env, ...(config !== '' && { DEPLOYMENT_CONFIG: config }) };
  await run(serverless, args, { cwd: project, env }).catch(
    (error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(
        `serverless ${args.join(' ')} failed: ${error.stderr || error.stdout || error.message}`,
      );
    },
  );
  const { Resources } = await readTemplate(folder, 'update');
  const functions = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  return {
    folder,
    functions: await Promise.all(
      functions.map(([logicalId, { Properties }]) => unpack(folder, logicalId, Properties)),
    ),
  };
}

/**
 * Makes the stack, as the framework does: first the bucket, then what is put in it, then everything else.
 *
 * @returns the physical id of each resource by its logical one
 * @throws Error when a resource was not made, which not every server says by itself
 */
export async function deployPackage(
  { folder }: Package,
  stackName: string,
  clients: { readonly cloudFormation: CloudFormationClient; readonly s3: S3Client },
): Promise<ReadonlyMap<string, string>> {
  const { cloudFormation, s3 } = clients;
  const create = JSON.stringify(await readTemplate(folder, 'create'));
  await cloudFormation.send(
    new CreateStackCommand({ StackName: stackName, TemplateBody: create, Capabilities: CAPABILITIES }),
  );
  const bucket = (await resourcesOf(stackName, cloudFormation)).get('ServerlessDeploymentBucket');
  if (bucket === undefined) throw new Error(`The stack ${stackName} has no bucket for its code`);
  const update = await readTemplate(folder, 'update');
  const keys = Object.values(update.Resources).flatMap(({ Properties }) => Properties?.Code?.S3Key ?? []);
  for (const key of new Set(keys)) {
    const Body = await readFile(join(folder, basename(key)));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
  }
  const TemplateBody = JSON.stringify(update);
  await cloudFormation.send(
    new UpdateStackCommand({ StackName: stackName, TemplateBody, Capabilities: CAPABILITIES }),
  );
  await expectComplete(stackName, cloudFormation);
  return resourcesOf(stackName, cloudFormation);
}

async function expectComplete(stackName: string, client: CloudFormationClient): Promise<void> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const status = Stacks[0]?.StackStatus ?? '';
  if (!/^(CREATE|UPDATE)_COMPLETE$/.test(status))
    throw new Error(`The stack ${stackName} is ${status}: ${Stacks[0]?.StackStatusReason ?? ''}`);
}

async function resourcesOf(stackName: string, client: CloudFormationClient): Promise<Map<string, string>> {
  const { StackResources = [] } = await client.send(
    new DescribeStackResourcesCommand({ StackName: stackName }),
  );
  return new Map(
    StackResources.map((each: StackResource) => [
      each.LogicalResourceId ?? '',
      each.PhysicalResourceId ?? '',
    ]),
  );
}

async function readTemplate(folder: string, kind: 'create' | 'update'): Promise<Template> {
  return JSON.parse(await readFile(join(folder, `cloudformation-template-${kind}-stack.json`), 'utf8'));
}

async function unpack(
  folder: string,
  logicalId: string,
  { Code, Handler = '', Timeout = 3, MemorySize = 128 }: FunctionProperties,
): Promise<PackagedFunction> {
  const zip = join(folder, basename(Code?.S3Key ?? ''));
  const target = join(folder, 'functions', logicalId);
  await mkdir(target, { recursive: true });
  await run('python3', ['-m', 'zipfile', '-e', zip, target]);
  const dot = Handler.lastIndexOf('.');
  return {
    logicalId,
    file: join(target, `${Handler.slice(0, dot)}.js`),
    handler: Handler.slice(dot + 1),
    timeoutSeconds: Timeout,
    memoryMb: MemorySize,
  };
}
