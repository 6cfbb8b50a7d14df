/** Checks that the environment of each function is within the limit of Lambda. A deployment would fail half-way. */
import { BATCH_NAME_CHARACTERS, FUNCTION_ENVIRONMENT_BYTES } from '../src/aws-limits';

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

/** Bytes of the ids that CloudFormation fills in. Every other id and ARN counts with {@link LONGEST}. */
const ID_BYTES: Readonly<Record<string, number>> = {
  'AWS::EFS::AccessPoint': 'fsap-0123456789abcdef0'.length,
  'AWS::EFS::FileSystem': 'fs-0123456789abcdef0'.length,
  'AWS::S3::Bucket': 63,
  'AWS::Batch::JobQueue':
    'arn:aws:batch:ap-southeast-1:111122223333:job-queue/'.length + BATCH_NAME_CHARACTERS,
};
/** The parameters of CloudFormation itself. */
const PARAMETER_BYTES: Readonly<Record<string, number>> = {
  'AWS::AccountId': '111122223333'.length,
  'AWS::Region': 'ap-southeast-1'.length,
};
const LONGEST = 128;

/** @throws Error with each function whose variables need more bytes than Lambda accepts */
export function refuseLargeEnvironments(template: Template): void {
  const mistakes = Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const bytes = Type === 'AWS::Lambda::Function' ? bytesOfEnvironment(Properties, template) : 0;
    return bytes > FUNCTION_ENVIRONMENT_BYTES ? [`${id} (${bytes} bytes)`] : [];
  });
  if (mistakes.length > 0)
    throw new Error(
      `The environment variables of a function have at most ${FUNCTION_ENVIRONMENT_BYTES} bytes, and these need more: ${mistakes.join(', ')}. Shorten the lists in the configuration of the stage`,
    );
}

function bytesOfEnvironment(properties: unknown, template: Template): number {
  const { Environment } = (properties ?? {}) as { Environment?: { Variables?: Record<string, unknown> } };
  return Object.entries(Environment?.Variables ?? {}).reduce(
    (sum, [name, value]) => sum + name.length + bytesOf(value, template),
    0,
  );
}

function bytesOf(value: unknown, template: Template): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + bytesOf(each, template), 0);
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(String(value));
  if ('Ref' in value) return bytesOfId(value.Ref, template);
  if ('Fn::GetAtt' in value) return LONGEST;
  if ('Fn::Sub' in value) return bytesOfSub(String(value['Fn::Sub']), template);
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, readonly unknown[]];
    return separator.length * parts.length + bytesOf(parts, template);
  }
  return LONGEST;
}

function bytesOfSub(text: string, template: Template): number {
  const ids = Array.from(text.matchAll(/\$\{([^}]+)\}/g), ([, id]) => bytesOfId(id, template));
  return Buffer.byteLength(text.replaceAll(/\$\{[^}]+\}/g, '')) + ids.reduce((sum, each) => sum + each, 0);
}

function bytesOfId(id: unknown, { Resources }: Template): number {
  const name = String(id);
  return PARAMETER_BYTES[name] ?? ID_BYTES[Resources[name]?.Type ?? ''] ?? LONGEST;
}
