import { refuseLargeEnvironments } from '../../deployment/environment-size';

const templateOf = (Variables: Record<string, unknown>) => ({
  Resources: {
    Function: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables } } },
    Point: { Type: 'AWS::EFS::AccessPoint' },
    Bucket: { Type: 'AWS::S3::Bucket' },
    Queue: { Type: 'AWS::Batch::JobQueue' },
    NoVariables: { Type: 'AWS::Lambda::Function', Properties: {} },
  },
});
const refused = (variables: Record<string, unknown>) => () => refuseLargeEnvironments(templateOf(variables));

test('the names and values of all variables together have 4,096 bytes at most', () => {
  expect(refused({ A: 'x'.repeat(4_000), B: 'x'.repeat(94) })).not.toThrow();
  expect(refused({ A: 'x'.repeat(4_000), B: 'é'.repeat(48) })).toThrow(
    /at most 4096 bytes, and these need more: Function \(4098 bytes\)/,
  );
});

test.each([
  ['the id of an access point', { 'Fn::Sub': '[${Point}]' }, 24],
  ['the name of a bucket', { Ref: 'Bucket' }, 63],
  ['an ARN', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 128],
  ['a region', { 'Fn::Sub': '${AWS::Region}' }, 14],
  ['an account', { 'Fn::Sub': '${AWS::AccountId}' }, 12],
  ['the ARN of a job queue', { Ref: 'Queue' }, 180],
  ['a list', { 'Fn::Join': [',', ['a', { Ref: 'Point' }]] }, 25],
  ['another function of CloudFormation', { 'Fn::ImportValue': 'x' }, 128],
])('the variable with %s has the bytes of the longest value', (_, value, bytes) => {
  const rest = 4_096 - bytes - 2;
  expect(refused({ A: value, B: 'x'.repeat(rest) })).not.toThrow();
  expect(refused({ A: value, B: 'x'.repeat(rest + 1) })).toThrow('Function (4097 bytes)');
});
