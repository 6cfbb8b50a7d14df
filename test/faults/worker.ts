/**
 * A worker process that can be killed: `worker.cjs JSON`, see {@link WorkerTask}. `processes.ts` bundles it.
 *
 * It prints `begun` right before the transfer, then the outcome, or the name and message of an error.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { awsStores } from '../../src/adapters/stores';
import { describeError } from '../../src/errors';
import { readDataSyncRequest } from '../../src/transfer/request';
import { syncData } from '../../src/transfer/sync';

export interface WorkerTask {
  /** The request in the wire format. */
  readonly request: Record<string, unknown>;
  /** Endpoint of S3. */
  readonly endpoint: string;
  /** Folder that is mounted as fs-1. */
  readonly root: string;
}

async function work({ request, endpoint, root }: WorkerTask): Promise<unknown> {
  const s3Client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const mounts = [{ path: root, fileSystemId: 'fs-1', root: '/' }];
  const settings = { ttlMs: 60_000, graceMs: 20_000, pollMs: 5, maxWaitMs: 60_000 };
  process.stdout.write('begun\n');
  return syncData(readDataSyncRequest(request), undefined, {
    stores: awsStores(s3Client, mounts),
    signal: new AbortController().signal,
    settings: { mounts },
    time: { remainingMs: () => Number.POSITIVE_INFINITY },
    report: () => undefined,
    leases: fileLeases({ mounts, settings }),
  });
}

work(JSON.parse(process.argv[2] ?? '{}')).then(
  (outcome) => process.stdout.write(`${JSON.stringify(outcome)}\n`),
  (error) => {
    const { name, message } = describeError(error);
    process.stdout.write(`${JSON.stringify({ name, message })}\n`);
    process.exitCode = 1;
  },
);
