import { refuseSecret, secretProblems } from '../../src/demand/secret-rules';
import { readSecretReference, type SecretReference } from '../../src/demand/secrets';

const SECRET = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:demands/db-AbCdEf';
const FOLDER = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:demands/*';

function read(text: string): SecretReference {
  const reference = readSecretReference(text);
  if (reference === undefined) throw new Error(`${text} is no reference`);
  return reference;
}

test.each([
  ['its ARN', SECRET, [SECRET]],
  ['a beginning of its ARN', SECRET, [FOLDER]],
  ['one of several rules', SECRET, ['arn:aws:ssm:us-west-2:111122223333:parameter/x', FOLDER]],
  ['the ARN of the whole secret, for a key of it', `${SECRET}:password::`, [SECRET]],
])('a secret is allowed by %s', (_, text, allowed) => {
  expect(refuseSecret(read(text), allowed)).toBeUndefined();
});

test.each([
  ['without a rule', undefined, 'of the stage does not allow', 'allows no secret'],
  ['by a rule for a longer name', [`${SECRET}x`], 'of the stage does not allow', `allows: ${SECRET}x`],
  ['by a rule for a shorter name', [SECRET.slice(0, -1)], 'of the stage does not allow', 'Name a secret'],
  ['by a rule for another account', [FOLDER.replace('1111', '9999')], 'of the account 111122223333', 'Name'],
  ['by a rule for another region', [FOLDER.replace('west', 'east')], 'of the region us-west-2', 'Name'],
])('a secret is refused %s, with the rule', (_, allowed, message, remedy) => {
  const refusal = refuseSecret(read(SECRET), allowed);
  expect(refusal?.message).toContain('the rule secrets.allowed');
  expect(refusal?.message).toContain(SECRET);
  expect(refusal?.message).toContain(message);
  expect(refusal?.remedy).toContain(remedy);
});

test('each refused secret is a problem of its parameter', () => {
  const secret = { ...read(SECRET), parameter: 'my/token', environmentName: 'MY_TOKEN' };
  expect(secretProblems([secret, secret], [FOLDER])).toEqual([]);
  expect(secretProblems([secret], [])).toMatchObject([{ pointer: '/execution_parameters/params/my~1token' }]);
});
