/**
 * References to secrets: `{"secret": "arn:aws:secretsmanager:..."}` or `{"secret": "arn:aws:ssm:..."}` in the place of a
 * value. Batch gives the value of the secret to the job. No other part of this service reads it.
 *
 * The forms are those of `valueFrom` in a job definition:
 * https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data-secrets.html
 * https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data-parameters.html
 */
import { isJsonObject, withoutEmpty } from '../wire/json';
import type { Refusal } from './refusals';

export interface SecretReference {
  /** The text of the reference: `valueFrom` of the job definition. */
  readonly valueFrom: string;
  /** The ARN of the secret or parameter, without a JSON key and a version. */
  readonly arn: string;
  readonly service: 'secretsmanager' | 'ssm';
  readonly region: string;
  readonly account: string;
  /** The end of the ARN: `demands/token-AbCdEf` of Secrets Manager, `demands/token` of Parameter Store. */
  readonly name: string;
  /** A key of the secret's JSON object. Absent: the whole text. */
  readonly jsonKey?: string;
  readonly versionStage?: string;
  readonly versionId?: string;
}

/** A secret in the environment of a job. */
export interface SecretParameter extends SecretReference {
  /** The name of the parameter, in the demand's spelling. */
  readonly parameter: string;
  /** The name of the variable. */
  readonly environmentName: string;
}

const SECRET =
  /^(arn:aws:secretsmanager:([a-z0-9-]+):(\d{12}):secret:([\w/+=.@!-]{1,512}))(?::([^:\p{Cc}]*):([^:\s]*):([^:\s]*))?$/u;
/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
const PARAMETER = /^(arn:aws:ssm:([a-z0-9-]+):(\d{12}):parameter\/([\w.-]+(?:\/[\w.-]+)*))$/;
const ARN_OF_SECRET = /^\s*arn:aws[a-z-]*:(secretsmanager|ssm):/;

const FORMS =
  'arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, with :JSON-KEY:VERSION-STAGE:VERSION-ID after it or not, or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME';

/** Returns whether the value of a parameter is a reference to a secret: an object with the field `secret` alone. */
export function isSecretForm(value: unknown): value is { readonly secret: unknown } {
  return isJsonObject(value) && Object.keys(value).length === 1 && Object.hasOwn(value, 'secret');
}

/** Reads the text of a reference. Returns undefined for any other text. */
export function readSecretReference(valueFrom: string): SecretReference | undefined {
  const secret = SECRET.exec(valueFrom);
  const [, arn = '', region = '', account = '', name = ''] = secret ?? PARAMETER.exec(valueFrom) ?? [];
  if (arn === '') return undefined;
  const [jsonKey, versionStage, versionId] = (secret ?? []).slice(5).map((part) => part || undefined);
  return {
    ...{ valueFrom, arn, service: secret === null ? 'ssm' : 'secretsmanager', region, account, name },
    ...withoutEmpty({ jsonKey, versionStage, versionId }),
  };
}

/** Reads the value of a parameter that has the {@link isSecretForm form of a secret}. */
export function readSecretForm({ secret }: { readonly secret: unknown }): SecretReference | Refusal {
  const reference = typeof secret === 'string' ? readSecretReference(secret) : undefined;
  // The message does not repeat the text: it may be the secret itself.
  return reference ?? { message: 'the secret is not the ARN of a secret', remedy: `Write ${FORMS}` };
}

/** Returns a refusal for a value with a reference inside. Its job would get the text of the ARN in place of the secret. */
export function refuseNestedSecret(value: unknown): Refusal | undefined {
  if (!mentionsSecret(value)) return undefined;
  return {
    message: 'a reference to a secret is a part of this value, and only a whole parameter can be a secret',
    remedy: 'Give the secret a parameter of its own: {"secret": "arn:..."}',
  };
}

export const SECRET_TRANSFER: Refusal = {
  message: 'a secret cannot be an input or an output',
  remedy: 'Remove the parameter from inputs and outputs, or give it a location in place of the secret',
};

/** @param reference the environment name of the secret parameter */
export function secretInValue(reference: string): Refusal {
  return {
    message: `\${${reference}} refers to a secret, and its value would get into another value, where others can read it`,
    remedy: `Use $${reference} in the command: the shell of the job fills it in`,
  };
}

function mentionsSecret(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isJsonObject(value) && typeof value.secret === 'string' && ARN_OF_SECRET.test(value.secret))
    return true;
  return Object.values(value).some(mentionsSecret);
}
