import {
  isSecretForm,
  readSecretForm,
  readSecretReference,
  refuseNestedSecret,
} from '../../src/demand/secrets';

const SECRET = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:demands/db-AbCdEf';
const PARAMETER = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/token';

test('a secret of Secrets Manager has a name, and may have a key, a stage and a version', () => {
  const whole = { arn: SECRET, service: 'secretsmanager', region: 'us-west-2', account: '111122223333' };
  expect(readSecretReference(SECRET)).toEqual({ ...whole, valueFrom: SECRET, name: 'demands/db-AbCdEf' });
  const key = `${SECRET}:password::`;
  expect(readSecretReference(key)).toMatchObject({ ...whole, valueFrom: key, jsonKey: 'password' });
  expect(readSecretReference(key)).not.toHaveProperty('versionStage');
  expect(readSecretReference(`${SECRET}:a key:AWSPREVIOUS:9d4cb84b`)).toMatchObject({
    ...whole,
    jsonKey: 'a key',
    versionStage: 'AWSPREVIOUS',
    versionId: '9d4cb84b',
  });
  expect(readSecretReference(`${SECRET}:::`)).not.toHaveProperty('jsonKey');
});

test('a parameter of Parameter Store has a name alone', () => {
  expect(readSecretReference(PARAMETER)).toEqual({
    valueFrom: PARAMETER,
    arn: PARAMETER,
    service: 'ssm',
    region: 'us-west-2',
    account: '111122223333',
    name: 'demands/token',
  });
});

test.each([
  ['the name of a secret', 'demands/db'],
  ['another service', 'arn:aws:s3:us-west-2:111122223333:secret:db'],
  ['an account that is too short', 'arn:aws:secretsmanager:us-west-2:1111:secret:db'],
  ['no region', 'arn:aws:secretsmanager::111122223333:secret:db'],
  ['a wildcard', 'arn:aws:secretsmanager:us-west-2:111122223333:secret:*'],
  ['a wildcard in a parameter', 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/*'],
  ['a key without the two versions', `${SECRET}:password`],
  ['too many parts', `${SECRET}:a:b:c:d`],
  ['a key of a parameter', `${PARAMETER}:password::`],
  ['an empty folder in the name of a parameter', 'arn:aws:ssm:us-west-2:111122223333:parameter//token'],
  ['a newline at the end', `${SECRET}\n`],
  ['white space in a version', `${SECRET}:key:a b:`],
  ['no text at all', ''],
])('%s is no reference', (_, text) => {
  expect(readSecretReference(text)).toBeUndefined();
});

test('the form of a secret is an object with the field `secret` alone', () => {
  expect(isSecretForm({ secret: SECRET })).toBe(true);
  expect(isSecretForm({ secret: 1 })).toBe(true);
  const others = [{ secret: SECRET, more: 1 }, { Secret: SECRET }, {}, [SECRET], SECRET, null];
  expect(others.map(isSecretForm)).toEqual(others.map(() => false));
});

test('a refusal does not repeat a text that may be the secret itself', () => {
  const refusal = readSecretForm({ secret: 'hunter2' });
  expect(refusal).toMatchObject({ message: 'the secret is not the ARN of a secret' });
  expect(JSON.stringify(refusal)).not.toContain('hunter2');
  expect(readSecretForm({ secret: ['hunter2'] })).toEqual(refusal);
});

test('a reference inside another value is refused: the job would get its ARN', () => {
  const inside = [[{ secret: SECRET }], { a: { b: { secret: PARAMETER } } }, { secret: SECRET, more: 1 }];
  for (const value of inside)
    expect(refuseNestedSecret(value)?.message).toContain('only a whole parameter can be a secret');
  expect(refuseNestedSecret({ secret: 'x', list: [{ secret: 1 }], text: SECRET })).toBeUndefined();
});
