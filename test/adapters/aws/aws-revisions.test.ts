import { BatchClient } from '@aws-sdk/client-batch';
import { AwsRevisions } from '../../../src/adapters/aws/aws-revisions';
import { CREDENTIALS, useScriptedApi } from './scripted-api';

const api = useScriptedApi();
const revisions = () =>
  new AwsRevisions(
    new BatchClient({ region: 'eu-west-1', endpoint: api.endpoint, credentials: CREDENTIALS }),
    'dev-demand',
  );
const hash = 'a'.repeat(64);
const definition = (jobDefinitionName: string, revision = 1) => ({
  jobDefinitionName,
  revision,
  jobDefinitionArn: `arn:${jobDefinitionName}:${revision}`,
});

test('only definitions with the names of the stage are found, on all pages', async () => {
  const ours = `dev-demand-type-${hash}`;
  api.answers = [
    { jobDefinitions: [definition(ours), definition('dev-demand-by-hand')], nextToken: 'more' },
    { jobDefinitions: [definition(ours, 2), definition(`prod-demand-type-${hash}`)] },
  ];
  expect(await revisions().active()).toEqual([
    { name: ours, revision: 1, arn: `arn:${ours}:1` },
    { name: ours, revision: 2, arn: `arn:${ours}:2` },
  ]);
  expect(api.requests).toMatchObject([{ status: 'ACTIVE' }, { nextToken: 'more' }]);
});

test('a revision is deregistered by its ARN', async () => {
  await revisions().deregister('arn:x:1');
  expect(api.requests).toEqual([{ jobDefinition: 'arn:x:1' }]);
});
