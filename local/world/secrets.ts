/**
 * The secrets of local runs: `<root>/secrets/<name>` has the text of a secret, and only its owner may read it. A value
 * never comes from the command line, which other users of the machine can read.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parameterAt } from '../../src/demand/refusals';
import type { SecretParameter, SecretReference } from '../../src/demand/secrets';
import { describeError, type Problem } from '../../src/errors';
import { pointerOf } from '../../src/wire/json';
import type { LocalRoot } from './root';

/** Permissions of the group and of others. */
const NOT_PRIVATE = 0o077;

/** Returns the text of a secret, without a newline at its end. @throws Error without the text */
export async function readLocalSecret(
  { name, versionId, versionStage = 'AWSCURRENT' }: SecretReference,
  root: LocalRoot,
): Promise<string> {
  if (versionId !== undefined || versionStage !== 'AWSCURRENT')
    throw new Error('a local run has only the current version of a secret');
  const path = pathOf(name, root);
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the file ${path} cannot be read (${error.code})`);
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error(`${path} is not a file`);
    if ((stats.mode & NOT_PRIVATE) !== 0)
      throw new Error(`other users may read or write the file ${path}: give it the mode 600 (chmod 600)`);
    return (await file.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}

/** Returns a problem for each secret that a run on this machine could not read. */
export async function localSecretProblems(
  secrets: readonly SecretParameter[],
  root: LocalRoot,
): Promise<Problem[]> {
  const checked = secrets.map(async (secret): Promise<Problem[]> => {
    try {
      await readLocalSecret(secret, root);
      return [];
    } catch (error) {
      return [
        {
          pointer: pointerOf(...parameterAt(secret.parameter)),
          message: `this machine does not have the secret ${secret.arn}: ${describeError(error).message}`,
          remedy: `Write its text into the file ${secret.name} below ${root.secrets}, with the mode 600`,
        },
      ];
    }
  });
  return (await Promise.all(checked)).flat();
}

function pathOf(name: string, { secrets }: LocalRoot): string {
  const isSafe = name.split('/').every((part) => !['', '.', '..'].includes(part));
  if (!isSafe) throw new Error(`the name ${name} is not the path of a file below ${secrets}`);
  return join(secrets, name);
}
