/** One endpoint for all of AWS: routes answer some requests, the server behind the gateway answers the others. */
import { once } from 'node:events';
import {
  createServer,
  request as forwardRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describeError } from '../../../src/errors';

interface ApiRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Returns the function that answers a request, or undefined for requests of other routes. */
export type GatewayRoute = (
  method: string,
  path: string,
) => ((request: ApiRequest) => Promise<ApiAnswer>) | undefined;

export interface Gateway {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** Sets the server that gets requests without a route. */
  forwardTo(upstream: string): void;
  addRoute(route: GatewayRoute): void;
  close(): Promise<void>;
}

/** @param port 0 for a free one */
export async function startGateway(port = 0): Promise<Gateway> {
  const routes: GatewayRoute[] = [];
  let upstream: URL | undefined;
  const server = createServer((request, response) => {
    void serve(request, response, routes, upstream).catch((error) => refuse(response, error));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo: (address) => {
      upstream = new URL(address);
    },
    addRoute: (route) => void routes.push(route),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly GatewayRoute[],
  upstream: URL | undefined,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const path = decodeURIComponent(url.split('?', 1)[0] ?? '');
  for (const route of routes) {
    const answerer = route(method, path);
    if (answerer === undefined) continue;
    const answer = await answerer({ method, path, headers, body: await buffer(request) });
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.body);
    return;
  }
  if (upstream === undefined) throw new Error('the server behind the gateway has not started yet');
  await forward(request, response, upstream);
}

async function forward(request: IncomingMessage, response: ServerResponse, upstream: URL): Promise<void> {
  const { method, url, headers } = request;
  // The Host header stays: it names virtual-hosted buckets, and it is signed.
  const onward = forwardRequest({ host: upstream.hostname, port: upstream.port, method, path: url, headers });
  const answered = once(onward, 'response') as Promise<[IncomingMessage]>;
  await Promise.all([pipeline(request, onward), answered]);
  const [answer] = await answered;
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, response);
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { name, message } = describeError(error);
  response.writeHead(500, { 'content-type': 'application/json', 'x-amzn-errortype': 'ServiceException' });
  response.end(JSON.stringify({ __type: 'ServiceException', message: `${name}: ${message}` }));
}
