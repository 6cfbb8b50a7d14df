/** Deploys the packaged service with CloudFormation, as `serverless deploy` does. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  type CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

const run = promisify(execFile);
const POLL_MS = 200;
/** Its arguments are pairs: an archive, and the folder that it is unpacked into. */
const UNPACK = `
import sys, zipfile
for archive, folder in zip(sys.argv[1::2], sys.argv[2::2]):
    zipfile.ZipFile(archive).extractall(folder)
`;
/** LocalStack's id of a resource that it cannot make. moto gives some resources no id, also those that it has made. */
const NOT_MADE = 'unknown';
const CAPABILITIES = ['CAPABILITY_NAMED_IAM' as const];

interface DeployedTemplate {
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

interface PackagedFunction {
  /** Logical id in the template. */
  readonly logicalId: string;
  /** Path of the unpacked bundle. */
  readonly file: string;
  /** The bundle's export that handles events. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
}

export interface Package {
  readonly folder: string;
  readonly functions: readonly PackagedFunction[];
}

/** Reads a package of `packageService`, and unpacks its bundles into a folder. */
export async function readPackage(folder: string, unpacked: string): Promise<Package> {
  const { Resources } = await readTemplate(folder, 'update');
  const functions = Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([logicalId, { Properties }]) => ({ logicalId, Properties, target: join(unpacked, logicalId) }));
  const archives = functions.flatMap(({ target, Properties: { Code } }) => [
    join(folder, basename(Code?.S3Key ?? '')),
    target,
  ]);
  await run('python3', ['-c', UNPACK, ...archives]);
  return { folder, functions: functions.map(functionOf) };
}

/**
 * Makes the stack in the order of the framework: the bucket, the bundles in it, the other resources.
 *
 * @returns the physical id of each resource by its logical id
 * @throws Error when a resource is missing: not every server fails by itself then
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
  await completed('CREATE', stackName, cloudFormation);
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
  await completed('UPDATE', stackName, cloudFormation);
  const made = await resourcesOf(stackName, cloudFormation);
  const missing = Object.keys(update.Resources).filter((id) => (made.get(id) ?? NOT_MADE) === NOT_MADE);
  if (missing.length > 0)
    throw new Error(
      `The server has not made these resources of ${stackName}: ${missing.join(', ')}. ${await reasonsOf(stackName, cloudFormation)}`,
    );
  return made;
}

/** Waits for the end of an action. Some servers finish before they answer the request, others begin then. */
async function completed(
  action: 'CREATE' | 'UPDATE',
  stackName: string,
  client: CloudFormationClient,
): Promise<void> {
  for (;;) {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const { StackStatus = '', StackStatusReason = '' } = Stacks[0] ?? {};
    if (StackStatus === `${action}_COMPLETE`) return;
    if (/FAILED|ROLLBACK/.test(StackStatus))
      throw new Error(`The stack ${stackName} is ${StackStatus}: ${StackStatusReason}`);
    await setTimeout(POLL_MS);
  }
}

async function resourcesOf(StackName: string, client: CloudFormationClient): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
    for (const { LogicalResourceId = '', PhysicalResourceId = '' } of StackResourceSummaries)
      ids.set(LogicalResourceId, PhysicalResourceId);
  return ids;
}

async function reasonsOf(StackName: string, client: CloudFormationClient): Promise<string> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.flatMap(({ ResourceStatusReason = [] }) => ResourceStatusReason).join(' ');
}

async function readTemplate(folder: string, kind: 'create' | 'update'): Promise<DeployedTemplate> {
  return JSON.parse(await readFile(join(folder, `cloudformation-template-${kind}-stack.json`), 'utf8'));
}

function functionOf({
  logicalId,
  target,
  Properties: { Handler = '', Timeout = 3, MemorySize = 128 },
}: {
  readonly logicalId: string;
  readonly target: string;
  readonly Properties: FunctionProperties;
}): PackagedFunction {
  const dot = Handler.lastIndexOf('.');
  return {
    logicalId,
    file: join(target, `${Handler.slice(0, dot)}.js`),
    handler: Handler.slice(dot + 1),
    timeoutSeconds: Timeout,
    memoryMb: MemorySize,
  };
}
