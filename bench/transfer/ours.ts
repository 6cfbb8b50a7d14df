/** Runs one sync as the data-sync function does, in a process of its own. run.mjs bundles and runs it. */
import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from '../../src/adapters/aws/client-settings';
import { awsStores } from '../../src/adapters/stores';
import { readDataSyncRequest } from '../../src/transfer/request';
import { syncData } from '../../src/transfer/sync';

const [source, destination, folder] = process.argv.slice(2);
const s3Client = new S3Client({ ...CLIENT_SETTINGS, forcePathStyle: true });
const request = readDataSyncRequest({
  source_path: source,
  destination_path: destination,
  size_only: true,
  delete: false,
});
const world = {
  stores: awsStores(s3Client, [], [String(folder)]),
  signal: new AbortController().signal,
  settings: { mounts: [] },
  time: { remainingMs: () => 3_600_000 },
  report: () => undefined,
};

syncData(request, undefined, world).then(
  (outcome) => process.stdout.write(`${JSON.stringify(outcome)}\n`),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
