import { refuseLargePolicies } from '../../deployment/policy-size';

const templateOf = (...statements: readonly unknown[]) => ({
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { Policies: [{ PolicyName: 'a', PolicyDocument: { Statement: statements } }] },
    },
    Bucket: { Type: 'AWS::S3::Bucket' },
    NoPolicies: { Type: 'AWS::IAM::Role', Properties: {} },
  },
});
const refuse = (...statements: readonly unknown[]) => refuseLargePolicies(templateOf(...statements));
/** Characters of `{"Statement":["..."]}` around the text. */
const AROUND = JSON.stringify({ Statement: [''] }).length;

test('the policies of a role have 10,240 characters at most, as JSON without white space', () => {
  expect(() => refuse('x'.repeat(10_240 - AROUND))).not.toThrow();
  expect(() => refuse('x'.repeat(10_240 - AROUND + 1))).toThrow(
    /at most 10240 characters, and these need more: Role \(10241 characters\)/,
  );
});

test.each([
  ['a list', ['a', 'b'], '["a","b"]'.length],
  ['a condition', { Bool: { a: 'true', b: true } }, '{"Bool":{"a":"true","b":true}}'.length],
  ['the name of a bucket', { Ref: 'Bucket' }, 65],
  ['an ARN', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 130],
  ['a text with an id', { 'Fn::Sub': 'arn:${Bucket}/*' }, 'arn:/*'.length + 65],
])('%s counts with its longest text', (_, value, characters) => {
  const rest = 10_240 - AROUND - characters - 1;
  expect(() => refuse('x'.repeat(rest), value)).not.toThrow();
  expect(() => refuse('x'.repeat(rest + 1), value)).toThrow('Role (10241 characters)');
});
