import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EFSClient } from '@aws-sdk/client-efs';
import { AwsFileSystems } from '../../../src/adapters/aws/aws-file-systems';
import { CLIENT_SETTINGS } from '../../../src/adapters/aws/client-settings';
import { CREDENTIALS } from './scripted-api';

/** An API that throttles the first calls. */
function useRefusingApi(status: number, error: string, times: number) {
  const api = { endpoint: '', calls: 0 };
  const server = createServer((_, response) => {
    api.calls++;
    const isRefused = api.calls <= times;
    response.writeHead(isRefused ? status : 200, {
      'content-type': 'application/json',
      ...(isRefused && { 'x-amzn-errortype': error }),
    });
    response.end(isRefused ? '{"message": "no"}' : '{"FileSystems": []}');
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    api.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return api;
}

const settings = { ...CLIENT_SETTINGS, region: 'eu-west-1', credentials: CREDENTIALS };

describe('a throttled account', () => {
  // One more failure than the SDK's default accepts.
  const api = useRefusingApi(429, 'ThrottlingException', 3);

  test('delays calls, and fails none', async () => {
    const efs = new EFSClient({ ...settings, endpoint: api.endpoint });
    expect(await new AwsFileSystems(efs).fileSystems()).toEqual([]);
    expect(api.calls).toBe(4);
  });
});

describe('a role without the right', () => {
  const api = useRefusingApi(403, 'AccessDeniedException', 1);

  test('fails at once', async () => {
    const efs = new EFSClient({ ...settings, endpoint: api.endpoint });
    await expect(new AwsFileSystems(efs).fileSystems()).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(api.calls).toBe(1);
  });
});
