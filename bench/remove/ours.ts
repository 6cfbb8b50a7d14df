/** Times the removal of one folder and prints one JSON line. run.mjs runs it. */
import { dirname } from 'node:path';
import { FileTrees } from '../../src/adapters/files/file-trees';

const path = process.argv[2] ?? '';

async function run(): Promise<void> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const removed = await new FileTrees().removeTree(path, dirname(path), new AbortController().signal);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  if (removed === undefined || removed.failures.length > 0) throw new Error(`Not removed: ${path}`);
  const figures = {
    seconds,
    cpu_seconds: (user + system) / 1e6,
    bytes: removed.bytes,
    peak_rss_mb: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

void run();
