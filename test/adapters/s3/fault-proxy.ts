/** A proxy between a client and an S3 server, with faults that a test chooses. */
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
  /** The path with the query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** Sends the request to the server, with a changed body if given. */
type Ask = (change?: (body: Buffer) => Buffer) => Promise<Upstream>;

/** Answers instead of the server, and may call it. */
export type Fault = (ask: Ask, response: ServerResponse) => void | Promise<void>;

export interface FaultProxy {
  endpoint: string;
  /** Returns the fault of a request, or undefined. Each test sets it. @param index number of earlier requests */
  fault: (asked: Asked, index: number) => Fault | undefined;
  asked: Asked[];
}

/** Starts a proxy for all tests of a file. Each test begins without a fault. */
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

/** Answers without the server. */
export function refuse(status: number, code: string, headers: Record<string, string> = {}): Fault {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>told to</Message></Error>`);
  };
}

/** Sends the first bytes of the body, then closes the connection. @param bytes number of sent bytes */
export function resetAfter(bytes: number): Fault {
  return async (ask, response) => {
    const { status, headers, body } = await ask();
    response.writeHead(status, headers);
    response.write(body.subarray(0, bytes), () => response.destroy());
  };
}

/** Sends the first bytes of the body, then ends the answer normally. @param bytes number of sent bytes */
export function endAfter(bytes: number): Fault {
  return async (ask, response) => {
    const { status, headers, body } = await ask();
    const { 'content-length': _, ...rest } = headers;
    response.writeHead(status, rest).end(body.subarray(0, bytes));
  };
}

/** Adds zero bytes to the end of the body. @param bytes number of added bytes */
export function extend(bytes: number): Fault {
  return async (ask, response) => {
    const { status, headers, body } = await ask();
    const { 'content-length': _, ...rest } = headers;
    response.writeHead(status, rest).write(body);
    response.end(Buffer.alloc(bytes));
  };
}

/** Sends the server's answer with another status or other headers. */
export function disguise(changes: { status?: number; headers?: Record<string, string> }): Fault {
  return async (ask, response) => {
    const { status, headers, body } = await ask();
    response.writeHead(changes.status ?? status, { ...headers, ...changes.headers }).end(body);
  };
}

/** Changes one bit of the answer. */
export const alterAnswer: Fault = async (ask, response) => {
  const { status, headers, body } = await ask();
  response.writeHead(status, headers).end(flipBit(body));
};

/** Changes one bit of the request's body. */
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

/** Runs an action before the request. */
export function after(action: () => Promise<unknown>): Fault {
  return async (ask, response) => {
    await action();
    await pass(ask, response);
  };
}

/** Applies a fault to the first `count` matching requests. */
export function first(count: number, matches: (asked: Asked) => boolean, fault: Fault): FaultProxy['fault'] {
  let left = count;
  return (asked) => (matches(asked) && left-- > 0 ? fault : undefined);
}

async function forward(
  url: URL,
  { method, headers }: { method: string; headers: IncomingHttpHeaders },
  body: Buffer,
): Promise<Upstream> {
  // The Host header stays: the signature covers it.
  const request = forwardRequest(url, { method, headers });
  // After its answer a server may close the connection before the end of the request.
  request.on('error', () => undefined);
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const content = await buffer(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body: content };
}
