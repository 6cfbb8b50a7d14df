/** The packaged service: its folder and its template. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageService } from '../../local/api/service-package';
import { sharedFolder } from '../api/shared-folder';

const PROJECT = join(__dirname, '../..');

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
}

/** Three stages, by their resources: the stack creates them, the account has them, or there is a second file system. */
export const STAGES = {
  created: { stage: 'local' },
  brought: { stage: 'dev' },
  'on two file systems': { stage: 'local', config: 'test/deployment/two-file-systems.yml' },
} as const;

export type Stage = keyof typeof STAGES;

/** Packages a stage. All test files of a run share the package: the first that asks for it makes it. */
export async function packageStage(name: Stage): Promise<Packaged> {
  const folder = await packageFolder(name);
  const template = join(folder, 'cloudformation-template-update-stack.json');
  return { folder, template, resources: JSON.parse(readFileSync(template, 'utf8')).Resources };
}

/** The folder of the package of {@link packageStage}. */
export function packageFolder(name: Stage): Promise<string> {
  const { stage, config }: { stage: string; config?: string } = STAGES[name];
  const make = (folder: string) => packageService(PROJECT, stage, folder, config);
  return sharedFolder(`package ${name}`.replaceAll(' ', '-'), make);
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
