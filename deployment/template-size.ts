/** The sizes of values of a template. Only CloudFormation knows the ids and ARNs, so they count with their longest form. */
import { BATCH_NAME_CHARACTERS } from '../src/aws-limits';

export interface Template {
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

/** Returns the bytes of a value after CloudFormation has filled it in. */
export function bytesOf(value: unknown, template: Template): number {
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
