/** A bucket of an S3 server for the objects of a test. */
import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { MOTO, type S3Server } from '../../api/endpoint';

const SETTINGS = {
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
} as const;

export function clientOf(url: string, maxAttempts = 3): S3Client {
  return new S3Client({ ...SETTINGS, endpoint: url, maxAttempts });
}

export interface TestBucket {
  name: string;
  put(key: string, body: Buffer): Promise<void>;
  get(key: string): Promise<Buffer | undefined>;
  /** Returns the uploads in parts that are neither completed nor aborted. */
  pendingUploads(): Promise<number>;
}

/** Gives the tests a bucket of their own, without the proxy. */
export function useBucket(server: S3Server = MOTO): TestBucket {
  const client = () => clientOf(server.endpoint());
  const bucket: TestBucket = {
    name: `adapters-${randomUUID()}`,
    async put(key, body) {
      await client().send(new PutObjectCommand({ Bucket: bucket.name, Key: key, Body: body }));
    },
    async get(key) {
      try {
        const { Body } = await client().send(new GetObjectCommand({ Bucket: bucket.name, Key: key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    async pendingUploads() {
      const { Uploads = [] } = await client().send(new ListMultipartUploadsCommand({ Bucket: bucket.name }));
      return Uploads.length;
    },
  };
  beforeAll(async () => {
    await client().send(new CreateBucketCommand({ Bucket: bucket.name }));
  });
  return bucket;
}
