/** An API of AWS with scripted answers. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ScriptedApi {
  endpoint: string;
  /** Parsed bodies of all requests. */
  readonly requests: Record<string, unknown>[];
  /** Paths of all requests. */
  readonly paths: string[];
  /** JSON for the next requests. The last document answers all further requests. Each test begins with `[{}]`. */
  answers: unknown[];
  /** Status of all answers. Each test begins with 200. */
  status: number;
  /** More headers of all answers. Each test begins with no more headers. */
  headers: Record<string, string>;
}

/** Credentials for the clients. The scripted API checks none. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

export function useScriptedApi(): ScriptedApi {
  const api: ScriptedApi = { endpoint: '', requests: [], paths: [], answers: [{}], status: 200, headers: {} };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    api.paths.push(request.url ?? '');
    api.requests.push(
      body.startsWith('{') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body)),
    );
    const [answer] = api.answers.length > 1 ? api.answers.splice(0, 1) : api.answers;
    response.writeHead(api.status, { 'content-type': 'application/json', ...api.headers });
    response.end(JSON.stringify(answer));
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    api.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    api.requests.length = 0;
    api.paths.length = 0;
    Object.assign(api, { answers: [{}], status: 200, headers: {} });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return api;
}
