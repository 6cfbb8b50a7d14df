/**
 * One endpoint for all of AWS: routes answer some requests, the server behind the gateway answers the others. It answers
 * only signed requests of this machine.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  request as forwardRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '../../../src/adapters/system-clock';
import { describeError } from '../../../src/errors';
import { Admission } from '../access/admission';
import type { ApiCredentials } from '../access/credentials';
import { AccessRefused, refusalAnswer } from '../access/refusal';

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
  forwardTo(upstream: Upstream): void;
  addRoute(route: GatewayRoute): void;
  close(): Promise<void>;
}

/** A server behind the gateway. */
interface Upstream {
  /** `unix:` with the path of its socket, or `http://host:port` */
  readonly endpoint: string;
  /** Headers that the server wants in each request. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GatewayOptions {
  /** The keys that sign each request. */
  readonly credentials: ApiCredentials;
  /** Default: any free port. */
  readonly port?: number;
}

export async function startGateway({ credentials, port = 0 }: GatewayOptions): Promise<Gateway> {
  const routes: GatewayRoute[] = [];
  let upstream: Upstream | undefined;
  const address = () => server.address() as AddressInfo;
  const admission = new Admission({ credentials, port: () => address().port, clock: systemClock });
  const serve = async (request: IncomingMessage, response: ServerResponse, proceed: () => void) => {
    try {
      const { body, service } = await admission.admit(request, proceed);
      const learn = service === 'sts' ? (given: string) => admission.addSession(given) : undefined;
      await answer({ request, response, body, learn }, routes, upstream);
    } catch (error) {
      refuse(request, response, error);
    }
  };
  const server = createServer((request, response) => void serve(request, response, () => undefined));
  // A client that waits for "100 Continue" gets it only when its request is admitted.
  server.on('checkContinue', (request, response) => {
    void serve(request, response, () => response.writeContinue());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${address().port}`,
    forwardTo: (server) => {
      upstream = server;
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

/** moto's state machines expect an id of the request in each error. */
function ownHeaders(): Record<string, string> {
  return { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The checked body of the request. */
  readonly body: Readable;
  /** Gets the answer of the server behind the gateway, where it may have keys. */
  readonly learn: ((answer: string) => void) | undefined;
}

async function answer(exchange: Exchange, routes: readonly GatewayRoute[], upstream: Upstream | undefined) {
  const { request, response, body } = exchange;
  const { method = 'GET', url = '/', headers } = request;
  const path = decoded(url.split('?', 1)[0] ?? '');
  for (const route of routes) {
    const answerer = route(method, path);
    if (answerer === undefined) continue;
    const given = await answerer({ method, path, headers, body: await buffer(body) });
    response.writeHead(given.status, { ...ownHeaders(), ...given.headers });
    response.end(given.body);
    return;
  }
  if (upstream === undefined) throw new Error('the server behind the gateway has not started yet');
  await forward(exchange, upstream);
}

async function forward({ request, response, body, learn }: Exchange, upstream: Upstream): Promise<void> {
  const { method, url } = request;
  // The Host header stays: it is signed. The gateway itself has answered `Expect`.
  const { expect: _, ...received } = request.headers;
  const headers = { ...received, ...upstream.headers };
  const onward = forwardRequest({ ...placeOf(new URL(upstream.endpoint)), method, path: url, headers });
  const answered = once(onward, 'response') as Promise<[IncomingMessage]>;
  try {
    await Promise.all([pipeline(body, onward), answered]);
  } catch (error) {
    throw body.errored ?? error;
  }
  const [given] = await answered;
  response.writeHead(given.statusCode ?? 502, withoutCors(given.headers));
  if (learn === undefined) return pipeline(given, response);
  const whole = await buffer(given);
  learn(whole.toString());
  response.end(whole);
}

function placeOf({ protocol, hostname, port, pathname }: URL): RequestOptions {
  return protocol === 'unix:' ? { socketPath: decodeURIComponent(pathname) } : { host: hostname, port };
}

/** No web page may read an answer. */
function withoutCors(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-')));
}

/** Returns a path that is not valid as it is: no route matches it. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof AccessRefused) {
    const { status, headers, body } = refusalAnswer(error, request.headers);
    response.writeHead(status, headers);
    response.end(body);
    return;
  }
  const { name, message } = describeError(error);
  response.writeHead(500, { ...ownHeaders(), 'x-amzn-errortype': 'ServiceException' });
  response.end(JSON.stringify({ __type: 'ServiceException', message: `${name}: ${message}` }));
}
