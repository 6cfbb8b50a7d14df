/**
 * Refuses requests that a web page can send. A page reaches every port of its reader's machine: through a name that it
 * resolves to 127.0.0.1 (DNS rebinding), or with a request that needs no answer.
 */
import type { IncomingMessage } from 'node:http';
import { AccessRefused } from './refusal';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const HTTP_PORT = 80;

/** @throws AccessRefused unless the request names this machine with this port, and comes from no web page */
export function refuseStrangers({ rawHeaders, url = '' }: IncomingMessage, port: number): void {
  if (!url.startsWith('/'))
    throw new AccessRefused('stranger', 'The target of a request must be a path of this server');
  const values = (name: string) =>
    rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  const [host = '', ...others] = values('host');
  if (others.length > 0 || !namesOf(port).includes(host))
    throw new AccessRefused('stranger', `The Host of a request must be a loopback address with port ${port}`);
  // Browsers send these headers; no AWS SDK does. A browser sends `none` for an address that its user has typed.
  if (values('origin').length > 0 || values('sec-fetch-site').some((site) => site !== 'none'))
    throw new AccessRefused('stranger', 'Web pages may not send requests to this server');
}

function namesOf(port: number): string[] {
  return [...LOOPBACK.map((name) => `${name}:${port}`), ...(port === HTTP_PORT ? LOOPBACK : [])];
}
