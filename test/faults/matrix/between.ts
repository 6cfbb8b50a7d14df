/** A server between the gateway of the local API and moto. It sees the starts of nested executions, which moto makes itself. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestOf,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ApiAnswer } from '../../../local/api/gateway/gateway';
import type { ApiServer } from '../../../local/api/python-server';

const START = 'AWSStepFunctions.StartExecution';

/** Answers a start. @param forward sends it to moto, and returns moto's answer */
export type OnStartExecution = (
  input: { readonly name?: string },
  forward: () => Promise<ApiAnswer>,
) => Promise<ApiAnswer>;

/** @param socket a path for the socket of the server between */
export async function between(
  server: ApiServer,
  socket: string,
  onStart: OnStartExecution,
): Promise<ApiServer> {
  const upstream = decodeURIComponent(new URL(server.endpoint).pathname);
  const own = createServer((request, response) => {
    answer(request, response, upstream, onStart).catch(() => response.destroy());
  });
  own.listen(socket);
  await once(own, 'listening');
  return {
    ...server,
    endpoint: `unix:${encodeURI(socket)}`,
    stop: async () => {
      own.close();
      own.closeAllConnections();
      await server.stop();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  socketPath: string,
  onStart: OnStartExecution,
): Promise<void> {
  const { method = 'GET', url: path = '/', headers } = request;
  const isStart = headers['x-amz-target'] === START;
  const body = isStart ? await buffer(request) : undefined;
  const send = async (): Promise<IncomingMessage> => {
    const onward = requestOf({ socketPath, method, path, headers });
    const answered = once(onward, 'response') as Promise<[IncomingMessage]>;
    if (body === undefined) await Promise.all([pipeline(request, onward), answered]);
    else onward.end(body);
    return (await answered)[0];
  };
  if (body === undefined) {
    const given = await send();
    response.writeHead(given.statusCode ?? 502, given.headers);
    return pipeline(given, response);
  }
  const forward = async () => {
    const given = await send();
    return {
      status: given.statusCode ?? 502,
      headers: textHeaders(given.headers),
      body: await buffer(given),
    };
  };
  const { status, headers: own, body: content } = await onStart(JSON.parse(body.toString()), forward);
  response.writeHead(status, own);
  response.end(content);
}

function textHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const texts = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && name !== 'transfer-encoding' ? [[name, value] as const] : [],
  );
  return Object.fromEntries(texts);
}
