/** Times the scaffolding handler as bundled for Lambda and prints one JSON line. run.mjs runs it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [bundle, requestFile, rounds] = process.argv.slice(2);
const require = createRequire(import.meta.url);

const started = performance.now();
const { handler } = require(bundle);
const imported = performance.now();

const request = readFileSync(requestFile, 'utf8');

async function invoke() {
  const start = performance.now();
  await handler(JSON.parse(request), {});
  return performance.now() - start;
}

const cold = await invoke();
const warm = Number(rounds) === 0 ? [cold] : [];
for (let round = 0; round < Number(rounds); round++) warm.push(await invoke());
warm.sort((one, other) => one - other);
const figures = {
  import_ms: imported - started,
  cold_ms: cold,
  warm_ms: warm[Math.floor(warm.length / 2)],
  peak_rss_mb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
