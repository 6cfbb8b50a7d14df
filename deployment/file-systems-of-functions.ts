/**
 * A Lambda mounts one file system. The functions of serverless.yml mount the first file system of a stage. For each
 * further file system, the template repeats the functions that machines and events of a demand call: the same code
 * with a role, a log group and a version of its own. src/efs/function-routing.ts selects the function for a call.
 */
import { createHash } from 'node:crypto';
import { logicalNameOf, ONCE_FOR_EACH_FILE_SYSTEM } from '../src/machines/functions';
import type { Mount } from './file-systems';
import { pascal } from './template';

export interface CompiledTemplate {
  Resources: Record<string, TemplateResource>;
}

interface TemplateResource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: Properties;
}

interface Properties {
  readonly [name: string]: unknown;
  readonly Policies?: readonly {
    readonly PolicyDocument: { Statement: readonly { Resource?: unknown }[] };
  }[];
  Targets?: readonly { readonly Id: string }[];
}

/** Functions that a template repeats for each file system, by their logical names. */
const SERVING = ONCE_FOR_EACH_FILE_SYSTEM.map(logicalNameOf);
/** Suffixes of the resources that belong to one function. */
const OWN = [
  'LambdaFunction',
  'LogGroup',
  'Role',
  'FunctionThrottledAlarm',
  'FunctionErrorsAlarm',
  'Retries',
];

/** The environment variable with the ids of all file systems: it is the same for all functions. */
const ALL_IDS = 'EFS_FILE_SYSTEM_IDS';

/**
 * Adds the functions of all mounts but the first to a compiled template.
 *
 * @returns the logical ids of all functions, in the order of the mounts, by the id of the first mount's function
 */
export function serveFileSystems(
  template: CompiledTemplate,
  mounts: readonly Mount[],
): ReadonlyMap<string, readonly string[]> {
  const [first, ...further] = mounts;
  const functions = SERVING.map((name) => `${name}LambdaFunction`);
  if (first === undefined) return new Map();
  const ids = new Map(functions.map((id) => [id, [id]]));
  for (const mount of further) {
    const renamed = renamesFor(template, mount);
    for (const [id, twin] of renamed) {
      const resource = template.Resources[id] as TemplateResource;
      template.Resources[twin] = twinOf(resource, renamed, first, mount);
      ids.get(id)?.push(twin);
    }
  }
  for (const resource of Object.values(template.Resources)) widen(resource, ids);
  return ids;
}

/** Returns the new logical ids of the repeated resources, by their ids for the first mount. */
function renamesFor({ Resources }: CompiledTemplate, mount: Mount): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  const suffix = `On${pascal(mount.name)}`;
  for (const serving of SERVING) {
    const own = OWN.map((part) => `${serving}${part}`);
    for (const [id, resource] of Object.entries(Resources)) {
      if (own.includes(id)) renamed.set(id, id.replace(serving, `${serving}${suffix}`));
      // The hash publishes a new version also when only the mount has changed.
      if (id.startsWith(`${serving}LambdaVersion`))
        renamed.set(id, id.replace(serving, `${serving}${suffix}`) + hashOf(mount));
      if (resource.Type === 'AWS::Lambda::Permission' && refersTo(resource, `${serving}LambdaFunction`))
        renamed.set(id, `${id}${suffix}`);
    }
  }
  return renamed;
}

function hashOf(mount: Mount): string {
  return createHash('sha256').update(JSON.stringify(mount)).digest('hex').slice(0, 8);
}

function twinOf(
  resource: TemplateResource,
  renamed: ReadonlyMap<string, string>,
  first: Mount,
  mount: Mount,
): TemplateResource {
  const replaced = new Map<string, unknown>([
    [JSON.stringify(first.accessPointArn), mount.accessPointArn],
    [JSON.stringify(first.fileSystemArn), mount.fileSystemArn],
    [JSON.stringify(first.fileSystemId), mount.fileSystemId],
  ]);
  const change = (value: unknown): unknown => {
    const other = replaced.get(JSON.stringify(value));
    if (other !== undefined) return other;
    if (Array.isArray(value)) return value.map(change);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, key === ALL_IDS ? each : change(each)]),
      );
    return typeof value === 'string' ? (renamed.get(value) ?? value) : value;
  };
  const { DependsOn, ...rest } = change(resource) as TemplateResource;
  const twin = named(rest, mount);
  return DependsOn === undefined ? twin : { ...twin, DependsOn: dependenciesOf(DependsOn, first, mount) };
}

/** Gives a repeated resource names of its own in fields that are not references. */
function named({ Properties = {}, ...rest }: TemplateResource, { name }: Mount): TemplateResource {
  const names = ['FunctionName', 'LogGroupName', 'AlarmDescription'].flatMap((field) => {
    const value = Properties[field];
    return typeof value === 'string' ? [[field, `${value}-on-${name}`]] : [];
  });
  return { ...rest, Properties: { ...Properties, ...Object.fromEntries(names) } };
}

function dependenciesOf(given: string | readonly string[], first: Mount, mount: Mount): readonly string[] {
  const kept = [given].flat().filter((id) => !first.mountTargets.includes(id));
  return [...kept, ...mount.mountTargets];
}

/** Extends rights and rules that name the first mount's function to the functions of all mounts. */
function widen({ Type, Properties }: TemplateResource, ids: ReadonlyMap<string, readonly string[]>): void {
  if (Type === 'AWS::IAM::Role')
    for (const { PolicyDocument } of Properties?.Policies ?? [])
      for (const statement of PolicyDocument.Statement)
        if (Array.isArray(statement.Resource))
          statement.Resource = statement.Resource.flatMap((each) => forEachTwin(each, ids));
  if (Type === 'AWS::Events::Rule' && Properties?.Targets !== undefined)
    Properties.Targets = Properties.Targets.flatMap((target) =>
      forEachTwin(target, ids).map((each, index) =>
        index === 0 ? each : { ...each, Id: `${each.Id}-${index}` },
      ),
    );
}

/** Returns the value itself, and a copy of it for each further mount's function. */
function forEachTwin<T>(value: T, ids: ReadonlyMap<string, readonly string[]>): T[] {
  const id = [...ids.keys()].find((each) => refersTo(value, each));
  if (id === undefined) return [value];
  const name = new RegExp(`\\b${id}\\b`, 'g');
  return (ids.get(id) ?? []).map((twin) => JSON.parse(JSON.stringify(value).replaceAll(name, twin)));
}

function refersTo(value: unknown, id: string): boolean {
  return new RegExp(`\\b${id}\\b`).test(JSON.stringify(value));
}
