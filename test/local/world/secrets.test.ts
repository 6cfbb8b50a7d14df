import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LocalRoot } from '../../../local/world/root';
import { localSecretProblems, readLocalSecret } from '../../../local/world/secrets';
import { readSecretReference, type SecretReference } from '../../../src/demand/secrets';

const SECRET = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:demands/db-AbCdEf';
const FOLDER = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands';

let root: LocalRoot;
beforeEach(() => {
  root = new LocalRoot(mkdtempSync(join(tmpdir(), 'secrets-')));
});
afterEach(() => rmSync(root.path, { recursive: true }));

function put(name: string, text: string, mode = 0o600): void {
  const path = join(root.secrets, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

function reference(text: string): SecretReference {
  const read = readSecretReference(text);
  if (read === undefined) throw new Error(`${text} is no reference`);
  return read;
}

const read = (text: string) => readLocalSecret(reference(text), root);

test('the name of a secret is the path of its file; one newline at the end is no part of the text', async () => {
  put('demands/db-AbCdEf', 'one\ntwo\n\n');
  put('demands/token', 'x');
  expect(await read(SECRET)).toBe('one\ntwo\n');
  expect(await read(`${SECRET}:key:AWSCURRENT:`)).toBe('one\ntwo\n');
  expect(await read(`${FOLDER}/token`)).toBe('x');
});

test.each([0o640, 0o604, 0o620, 0o777])('a file that others may use is refused (mode %o)', async (mode) => {
  put('demands/token', 'canary', mode);
  await expect(read(`${FOLDER}/token`)).rejects.toThrow('give it the mode 600');
});

test.each([
  ['a missing file', `${FOLDER}/none`, 'cannot be read (ENOENT)'],
  ['a folder', FOLDER, 'is not a file'],
  ['a name that leaves the folder', `${FOLDER}/../../../token`, 'not the path of a file below'],
  ['an earlier version', `${SECRET}::AWSPREVIOUS:`, 'only the current version'],
  ['a version id', `${SECRET}:::9d4cb84b`, 'only the current version'],
])('%s is an error', async (_, text, message) => {
  put('demands/token', 'x');
  await expect(read(text)).rejects.toThrow(message);
});

test('each secret without a file is a problem of its parameter, before the run', async () => {
  put('demands/token', 'x');
  const parameter = (text: string, name: string) => ({
    ...reference(text),
    parameter: name,
    environmentName: name,
  });
  const problems = await localSecretProblems(
    [parameter(`${FOLDER}/token`, 'a'), parameter(`${FOLDER}/none`, 'b'), parameter(`${FOLDER}/../x`, 'c')],
    root,
  );
  expect(problems).toMatchObject([
    { pointer: '/execution_parameters/params/b', remedy: expect.stringContaining('demands/none below') },
    { pointer: '/execution_parameters/params/c' },
  ]);
});
