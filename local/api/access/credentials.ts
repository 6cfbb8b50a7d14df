/** Credentials of the local API. Each start has its own. */
import { randomBytes } from 'node:crypto';

export interface ApiCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** 32 characters that AWS uses in the ids of access keys. */
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Returns random credentials: an id of 20 characters and a secret of 40, as AWS's have. Both need no quotes in a shell. */
export function newCredentials(): ApiCredentials {
  const random = [...randomBytes(15)].map((byte) => CHARACTERS[byte % CHARACTERS.length]);
  return {
    accessKeyId: `LOCAL${random.join('')}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}

/** Returns the variables that the SDKs and the aws command line read. */
export function credentialsEnvironment({ accessKeyId, secretAccessKey }: ApiCredentials) {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}
