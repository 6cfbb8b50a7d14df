/** The servers of the tests. `start-servers.ts` starts them. */

/** Endpoint of AWS. Default: moto's server. */
export function endpoint(): string {
  return take('AWS_ENDPOINT_URL');
}

export interface S3Server {
  readonly name: string;
  endpoint(): string;
}

/** moto's S3 accepts nearly any request. versitygw is an S3 server for real data. */
export const MOTO: S3Server = { name: 'moto', endpoint };
export const VERSITYGW: S3Server = { name: 'versitygw', endpoint: () => take('VERSITYGW_ENDPOINT_URL') };

/** Tests of S3 run on both servers. */
export const S3_SERVERS = [MOTO, VERSITYGW] as const;

function take(name: string): string {
  const url = process.env[name];
  if (url === undefined) throw new Error(`${name} is not set: run these tests through jest.config.cjs`);
  return url;
}
