/** The servers that the tests speak to; `start-servers.ts` sees to it that there are any. */

/** AWS, by default moto's. */
export function endpoint(): string {
  return take('AWS_ENDPOINT_URL');
}

export interface S3Server {
  readonly name: string;
  endpoint(): string;
}

/** moto's S3 takes any request for what it was meant to be; versitygw is a server that people keep data in. */
export const MOTO: S3Server = { name: 'moto', endpoint };
export const VERSITYGW: S3Server = { name: 'versitygw', endpoint: () => take('VERSITYGW_ENDPOINT_URL') };

/** What runs over one of them runs over both. */
export const S3_SERVERS = [MOTO, VERSITYGW] as const;

function take(name: string): string {
  const url = process.env[name];
  if (url === undefined) throw new Error(`${name} is not set: run these tests through jest.config.cjs`);
  return url;
}
