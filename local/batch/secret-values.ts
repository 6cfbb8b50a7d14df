/** Reads the secrets of a job before its start, as the ECS agent does. */
import type { JobSecret } from '../../src/batch/model';
import { readSecretReference, type SecretReference } from '../../src/demand/secrets';
import { isJsonObject } from '../../src/wire/json';

/** Returns the whole text of a secret. @throws Error with a reason that does not contain the text */
export type SecretReader = (reference: SecretReference) => Promise<string>;

/** The secrets of a job could not be read. The message is the reason of Batch, in the words that its retry rules know. */
export class SecretsNotRead extends Error {
  override readonly name = 'SecretsNotRead';

  constructor(because: string) {
    super(
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ${because}`,
    );
  }
}

/**
 * Returns the variables of a job's secrets.
 *
 * @throws SecretsNotRead for the first secret that cannot be read
 */
export async function readSecrets(
  secrets: readonly JobSecret[],
  read: SecretReader,
): Promise<Record<string, string>> {
  const entries = secrets.map(
    async ({ name, valueFrom }) => [name, await readValue(valueFrom, read)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function readValue(valueFrom: string, read: SecretReader): Promise<string> {
  const reference = readSecretReference(valueFrom);
  const store = reference?.service === 'ssm' ? 'ssm' : 'asm';
  const failed = (why: string) =>
    new SecretsNotRead(`unable to retrieve secret from ${store}: ${valueFrom}: ${why}`);
  if (reference === undefined) throw failed('this is not the ARN of a secret');
  const text = await read(reference).catch((error: Error) => {
    throw failed(error.message);
  });
  const value = reference.jsonKey === undefined ? text : fieldOf(text, reference.jsonKey);
  if (value === undefined) throw failed(`the secret did not contain json key ${reference.jsonKey}`);
  // Node would refuse the variable with a message that contains the value.
  if (value.includes('\0')) throw failed('the value contains a NUL character');
  return value;
}

/** Returns undefined without such a field. The error of the parser would quote the text. */
function fieldOf(text: string, key: string): string | undefined {
  const document = tryParse(text);
  if (!isJsonObject(document) || !Object.hasOwn(document, key)) return undefined;
  const value = document[key];
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
