/** The benches that load packaged functions still load them: a function refuses to load without its variables. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { packageFolder } from '../deployment/packaged';

const run = async (...args: string[]) =>
  JSON.parse((await promisify(execFile)(process.execPath, [...args, '--json'])).stdout);

test('bench:coldstart measures each function of the package', async () => {
  const folder = await packageFolder('brought');
  const measured = await run('bench/coldstart/run.mjs', '--runs', '1', '--package', folder);
  const budget = JSON.parse(readFileSync('bench/coldstart/budget.json', 'utf8'));
  expect(measured.map(({ name }: { name: string }) => name).sort()).toEqual(Object.keys(budget).sort());
  for (const { importMs } of measured) expect(importMs).toBeGreaterThan(0);
});

test('bench:scaffolding gets answers of the function, and its warm calls ask AWS for nothing', async () => {
  const { ours } = await run('bench/scaffolding/run.mjs', '--turns', '1');
  expect(ours).toMatchObject({ cold_round_trips: 1, warm_calls: 0 });
});
