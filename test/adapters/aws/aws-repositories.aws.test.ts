import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { AwsRepositories } from '../../../src/adapters/aws/aws-repositories';
import { endpoint } from '../../api/endpoint';
import { CREDENTIALS, useScriptedApi } from './scripted-api';

const region = 'eu-west-1';
const ecr = new ECRClient({ region, endpoint: endpoint() });
const api = useScriptedApi();

test('a repository of the account has a URI in its registry', async () => {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'repositories/tool' }));
  expect(await new AwsRepositories(ecr).uriOf('repositories/tool')).toMatch(
    /^\d{12}\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/repositories\/tool$/,
  );
});

test('a missing repository has no URI', async () => {
  expect(await new AwsRepositories(ecr).uriOf('repositories/none')).toBeUndefined();
});

describe('an error of ECR', () => {
  const askAfter = (error: string) => {
    Object.assign(api, { status: 400, headers: { 'x-amzn-errortype': error } });
    const settings = { region, endpoint: api.endpoint, credentials: CREDENTIALS, maxAttempts: 1 };
    return new AwsRepositories(new ECRClient(settings)).uriOf('Not A Name');
  };

  test('about an invalid name means that the repository is missing', async () => {
    expect(await askAfter('InvalidParameterException')).toBeUndefined();
  });

  test('about anything else is thrown', async () => {
    await expect(askAfter('AccessDeniedException')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
