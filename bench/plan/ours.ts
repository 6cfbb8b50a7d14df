/** Times the planner on a canned listing and prints one JSON line. run.mjs runs it. */
import { planBatches } from '../../src/transfer/plan/contract-plan';
import { readPrepareBatchDataSyncRequest } from '../../src/transfer/request';
import type { Store, StoredFile } from '../../src/transfer/store';

const PAGE = 1000;
const objects = Number(process.argv[2]);
const limit = Number(process.argv[3]);

/** Makes an entry when the listing reaches it, as S3 does. original.py makes the same entries. */
function toFile(index: number): StoredFile {
  const digits = (value: number) => String(value).padStart(7, '0');
  const folder = `run-${digits(Math.floor(index / 10_000))}/sample-${digits(Math.floor(index / 100))}`;
  return { key: `${folder}/object-${digits(index)}.nii.gz`, size: (index * 7919) % 1_000_003 };
}

const store: Pick<Store, 'listPages'> = {
  async *listPages() {
    for (let from = 0; from < objects; from += PAGE)
      yield Array.from({ length: Math.min(PAGE, objects - from) }, (_, index) => toFile(from + index));
  },
};

async function run(): Promise<void> {
  const request = readPrepareBatchDataSyncRequest({
    source_path: 's3://bench-bucket/data/',
    destination_path: 's3://bench-results/data/',
    batch_size_bytes_limit: limit,
  });
  const started = performance.now();
  const { batches } = await planBatches(request, {
    stores: { open: () => store as Store },
    signal: new AbortController().signal,
  });
  const seconds = (performance.now() - started) / 1000;
  const figures = { seconds, batches: batches.length, peak_rss_mb: process.resourceUsage().maxRSS / 1024 };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

void run();
