/** Stands between a client and an S3 server, and lets go wrong what a test wants to. */
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

interface Upstream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** Sends the request on, its body changed if need be. */
type Ask = (change?: (body: Buffer) => Buffer) => Promise<Upstream>;

/** Answers in place of the server, which it may ask. */
export type Fault = (ask: Ask, response: ServerResponse) => void | Promise<void>;

export interface FaultProxy {
  endpoint: string;
  /** What goes wrong with a request, if anything; set by each test. @param index how many came before */
  fault: (asked: Asked, index: number) => Fault | undefined;
  asked: Asked[];
}

/** A proxy for all tests of a file; before each of them nothing goes wrong. */
export function useFaultProxy(serverEndpoint: () => string): FaultProxy {
  const proxy: FaultProxy = { endpoint: '', fault: () => undefined, asked: [] };
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const index = proxy.asked.push({ method, url, headers }) - 1;
    const body = await buffer(request);
    const ask: Ask = (change = (same) => same) =>
      forward(new URL(url, serverEndpoint()), { method, headers }, change(body));
    const fault = proxy.fault({ method, url, headers }, index) ?? pass;
    await fault(ask, response);
  }

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    proxy.fault = () => undefined;
    proxy.asked = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return proxy;
}

const pass: Fault = async (ask, response) => {
  const { status, headers, body } = await ask();
  response.writeHead(status, headers).end(body);
};

/** An answer of its own; the server is not asked. */
export function refuse(status: number, code: string, headers: Record<string, string> = {}): Fault {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>told to</Message></Error>`);
  };
}

/** So many bytes of the body, then the connection is gone. */
export function resetAfter(bytes: number): Fault {
  return async (ask, response) => {
    const { status, headers, body } = await ask();
    response.writeHead(status, headers);
    response.write(body.subarray(0, bytes), () => response.destroy());
  };
}

/** So many bytes of the body, and an end as if that were all. */
export function endAfter(bytes: number): Fault {
  return async (ask, response) => {
    const { status, headers, body } = await ask();
    const { 'content-length': _, ...rest } = headers;
    response.writeHead(status, rest).end(body.subarray(0, bytes));
  };
}

/** So many bytes too many. */
export function extend(bytes: number): Fault {
  return async (ask, response) => {
    const { status, headers, body } = await ask();
    const { 'content-length': _, ...rest } = headers;
    response.writeHead(status, rest).write(body);
    response.end(Buffer.alloc(bytes));
  };
}

/** The server's answer with another status or other headers. */
export function disguise(changes: { status?: number; headers?: Record<string, string> }): Fault {
  return async (ask, response) => {
    const { status, headers, body } = await ask();
    response.writeHead(changes.status ?? status, { ...headers, ...changes.headers }).end(body);
  };
}

/** One bit of the answer is another. */
export const alterAnswer: Fault = async (ask, response) => {
  const { status, headers, body } = await ask();
  response.writeHead(status, headers).end(flipBit(body));
};

/** One bit of what is sent is another. */
export const alterRequest: Fault = async (ask, response) => {
  const { status, headers, body } = await ask(flipBit);
  response.writeHead(status, headers).end(body);
};

function flipBit(body: Buffer): Buffer {
  const altered = Buffer.from(body);
  const middle = body.length >> 1;
  altered[middle] = (altered[middle] ?? 0) ^ 1;
  return altered;
}

/** Something happens first. */
export function after(action: () => Promise<unknown>): Fault {
  return async (ask, response) => {
    await action();
    await pass(ask, response);
  };
}

/** The first of those that match, so many of them. */
export function first(count: number, matches: (asked: Asked) => boolean, fault: Fault): FaultProxy['fault'] {
  let left = count;
  return (asked) => (matches(asked) && left-- > 0 ? fault : undefined);
}

async function forward(
  url: URL,
  { method, headers }: { method: string; headers: IncomingHttpHeaders },
  body: Buffer,
): Promise<Upstream> {
  // With the host that the client knows, which its signature covers.
  const request = forwardRequest(url, { method, headers });
  // Once it has answered, a server may hang up before it has read all.
  request.on('error', () => undefined);
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const content = await buffer(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body: content };
}
