import { LambdaClient } from '@aws-sdk/client-lambda';
import { awsFunction } from '../../../src/adapters/aws/aws-functions';
import { CREDENTIALS, useScriptedApi } from './scripted-api';

const api = useScriptedApi();
const functionNamed = (name: string) =>
  awsFunction(
    new LambdaClient({ region: 'eu-west-1', endpoint: api.endpoint, credentials: CREDENTIALS }),
    name,
  );

test("a call returns the function's answer", async () => {
  api.answers = [{ status: 'DONE' }];
  expect(await functionNamed('some')({ clean_up: {} })).toEqual({ status: 'DONE' });
  expect(api.requests).toEqual([{ clean_up: {} }]);
});

test('a failed function fails the call with its error', async () => {
  api.answers = [{ errorType: 'DataSyncTaskFailed' }];
  api.headers = { 'x-amz-function-error': 'Unhandled' };
  await expect(functionNamed('some')({})).rejects.toMatchObject({
    name: 'FunctionFailed',
    message: expect.stringContaining('DataSyncTaskFailed'),
  });
});
