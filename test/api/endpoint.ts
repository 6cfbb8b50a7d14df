/** The AWS that the tests speak to; `start-moto.ts` sees to it that there is one. */
export function endpoint(): string {
  const { AWS_ENDPOINT_URL: url } = process.env;
  if (url === undefined)
    throw new Error('AWS_ENDPOINT_URL is not set: run these tests through jest.config.cjs');
  return url;
}
