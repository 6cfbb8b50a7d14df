import { dropEmptyStatements } from '../../deployment/empty-statements';

const statement = (Resource: unknown) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource });
const policy = (...resources: unknown[]) => ({
  Policies: [{ PolicyDocument: { Statement: resources.map(statement) } }],
});

test('a statement without a resource is dropped, and every other statement stays', () => {
  const template = {
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: policy([], ['a'], '*', { Ref: 'A' }) },
      Bare: { Type: 'AWS::IAM::Role', Properties: {} },
      Other: { Type: 'AWS::Other', Properties: policy([]) },
    },
  };
  dropEmptyStatements(template);
  expect(template.Resources.Role.Properties).toEqual(policy(['a'], '*', { Ref: 'A' }));
  expect(template.Resources.Other.Properties).toEqual(policy([]));
});
