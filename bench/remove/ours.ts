/** Our removal of one folder, timed: prints one JSON line. Run by run.mjs. */
import { dirname } from 'node:path';
import { FileTrees } from '../../src/adapters/files/file-trees';

const path = process.argv[2] ?? '';

async function run(): Promise<void> {
  const started = performance.now();
  const removed = await new FileTrees().removeTree(path, dirname(path), new AbortController().signal);
  const seconds = (performance.now() - started) / 1000;
  if (removed === undefined || removed.failures.length > 0) throw new Error(`Not removed: ${path}`);
  process.stdout.write(
    `${JSON.stringify({ seconds, bytes: removed.bytes, peak_rss_mb: process.resourceUsage().maxRSS / 1024 })}\n`,
  );
}

void run();
