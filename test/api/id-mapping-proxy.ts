/** A proxy between the SDK and a server with its own ids: the caller sees the ids of a recording. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface IdMappingProxy {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** @param ids the server's ids, by the ids of the recording */
export async function startIdMappingProxy(
  target: string,
  ids: ReadonlyMap<string, string>,
): Promise<IdMappingProxy> {
  const toServer = (text: string) => replaceAll(text, [...ids]);
  const toCaller = (text: string) =>
    replaceAll(
      text,
      [...ids].map(([seen, real]) => [real, seen]),
    );
  const server = createServer(async (request, response) => {
    const { host: _, 'content-length': __, connection: ___, ...headers } = request.headers;
    const body = toServer(String(await buffer(request)));
    const answer = await fetch(`${target}${toServer(request.url ?? '/')}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body !== '' && { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(toCaller(await answer.text()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function replaceAll(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}
