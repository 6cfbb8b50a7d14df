/** The packaged service: its folder and its template. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}
interface Policy {
  Statement: Statement[];
}
export type GetAtt = { 'Fn::GetAtt': [string, string] };
type Ref = { Ref: string };
export type Substitutions = Record<string, GetAtt | Ref | { 'Fn::Join': [string, Ref[]] }>;
type Tag = { Key: string; Value: string };

/** The fields of resources of all types that the tests read. */
export interface Resource {
  Type: string;
  DependsOn?: string[];
  DeletionPolicy?: string;
  Properties: {
    DefinitionString: string;
    DefinitionSubstitutions: Substitutions;
    LoggingConfiguration: unknown;
    TracingConfiguration: unknown;
    TracingConfig: unknown;
    Architectures: string[];
    MemorySize: number;
    VpcConfig?: unknown;
    FileSystemConfigs?: unknown[];
    FunctionName: unknown;
    LogGroupName: string;
    RetentionInDays: number;
    RoleArn: GetAtt;
    Role: GetAtt;
    Timeout: number;
    Environment: { Variables: Record<string, unknown> };
    ManagedPolicyArns?: ({ Ref: string } | string)[];
    Policies?: { PolicyDocument: Policy }[];
    PolicyDocument?: Policy;
    AlarmActions?: unknown[];
    MetricName: string;
    FileSystemTags: Tag[];
    AccessPointTags: Tag[];
    FileSystemId: { Ref: string };
    RootDirectory: { Path: string };
    PosixUser?: unknown;
  };
}

export interface Packaged {
  readonly folder: string;
  readonly template: string;
  readonly resources: Readonly<Record<string, Resource>>;
  remove(): void;
}

/** One stage whose stack creates everything, one stage that has everything, and one stage with two file systems. */
export const STAGES = {
  created: 'local',
  brought: 'dev',
  'on two file systems': 'two-file-systems',
} as const;

export function packageStage(stage: string): Packaged {
  // Not the default folder: a test must not replace a package before its deployment.
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  const config = join(__dirname, `${stage}.yml`);
  execFileSync('npx', ['serverless', 'package', '--stage', stage, '--package', folder], {
    stdio: 'pipe',
    env: { ...process.env, ...(existsSync(config) && { DEPLOYMENT_CONFIG: config }) },
  });
  const template = join(folder, 'cloudformation-template-update-stack.json');
  return {
    folder,
    template,
    resources: JSON.parse(readFileSync(template, 'utf8')).Resources,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

export function idsOf({ resources }: Packaged, type: string): string[] {
  return Object.keys(resources).filter((id) => resources[id]?.Type === type);
}

export function propertiesOf({ resources }: Packaged, id: string): Resource['Properties'] {
  return resources[id]!.Properties;
}

export function targetOf(value: GetAtt): string {
  return value['Fn::GetAtt'][0];
}

export function allowedTo(packaged: Packaged, id: string): Statement[] {
  const { Policies = [], PolicyDocument } = propertiesOf(packaged, id);
  const documents = PolicyDocument ? [PolicyDocument] : Policies.map((policy) => policy.PolicyDocument);
  return documents.flatMap(({ Statement }) => Statement).filter(({ Effect }) => Effect === 'Allow');
}
