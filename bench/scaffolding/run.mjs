/**
 * Scaffolding, as bundled for Lambda, against the original's: `npm run bench:scaffolding -- [--original] [--json]`.
 *
 * Both speak to the same canned EFS API over HTTP; processes take turns, figures are medians.
 */
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { pythonEnvironment } from '../../local/api/python-environment.ts';
import { startAws } from './aws.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const PROJECT = join(HERE, '..', '..');
const TURNS = 5;
const ROUNDS = { ours: 2000, original: 100 };
const GOALS = { import_ms: 120, bundle_kb: 700, cold_round_trips: 2, warm_calls: 0 };

const { values: options } = parseArgs({
  options: { original: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

const aws = await startAws();
const environment = {
  PATH: process.env.PATH,
  AWS_ENDPOINT_URL: aws.endpoint,
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_REGION: 'us-west-2',
  AWS_DEFAULT_REGION: 'us-west-2',
  ENV_BASE: 'dev-demand',
};

const bundle = await bundleHandler();
const python = options.original
  ? await pythonEnvironment(
      join(PROJECT, 'bench', 'original', 'requirements.txt'),
      join(PROJECT, '.cache', 'python'),
    )
  : undefined;

const runs = { ours: [], original: [] };
for (let turn = 0; turn < TURNS; turn++) {
  runs.ours.push(await measure(process.execPath, [join(HERE, 'ours.mjs'), bundle], ROUNDS.ours));
  if (python !== undefined)
    runs.original.push(await measure(python, [join(HERE, 'original.py')], ROUNDS.original));
}
aws.stop();

const ours = { ...medians(runs.ours), bundle_kb: statSync(bundle).size / 1024 };
const original = python === undefined ? undefined : medians(runs.original);
if (options.json) process.stdout.write(`${JSON.stringify({ ours, original })}\n`);
else printTable(ours, original);

/** With the options of serverless.yml, so that what is measured is what is deployed. */
async function bundleHandler() {
  const { bundle, minify, target, platform, keepNames, mainFields } = parse(
    readFileSync(join(PROJECT, 'serverless.yml'), 'utf8'),
  ).custom.esbuild;
  const outfile = join(PROJECT, '.cache', 'bench', 'scaffolding.js');
  const entryPoints = [join(PROJECT, 'functions', 'scaffolding', 'handler.ts')];
  await build({ entryPoints, outfile, bundle, minify, target, platform, keepNames, mainFields });
  return outfile;
}

async function measure(program, args, rounds) {
  // Twice: once to count the calls of the first invocation alone.
  aws.take();
  await run(program, args, 0);
  const cold = aws.take();
  const figures = await run(program, args, rounds);
  const all = aws.take();
  return {
    ...figures,
    cold_round_trips: cold.roundTrips,
    cold_calls: cold.calls,
    warm_calls: (all.calls - cold.calls) / rounds,
  };
}

async function run(program, args, rounds) {
  const { stdout } = await promisify(execFile)(
    program,
    [...args, join(HERE, 'request.json'), String(rounds)],
    {
      env: environment,
      maxBuffer: 1024 ** 3,
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function medians(figures) {
  return Object.fromEntries(
    Object.keys(figures[0]).map((name) => {
      const sorted = figures.map((figure) => figure[name]).sort((one, other) => one - other);
      return [name, sorted[Math.floor(sorted.length / 2)]];
    }),
  );
}

function printTable(ours, original) {
  const cell = (value, width = 10) => (value === undefined ? '' : String(value)).padStart(width);
  const number = (value) => (value === undefined ? undefined : Number(value.toPrecision(3)));
  process.stdout.write(`medians of ${TURNS} processes each\n`);
  process.stdout.write(
    `${''.padEnd(18)}${cell('ours')}${cell('goal')}${cell('original')}${cell('original / ours', 18)}\n`,
  );
  for (const name of Object.keys(ours)) {
    const theirs = original?.[name];
    const ratio = theirs === undefined || ours[name] === 0 ? undefined : number(theirs / ours[name]);
    process.stdout.write(
      `${name.padEnd(18)}${cell(number(ours[name]))}${cell(GOALS[name])}${cell(number(theirs))}${cell(ratio, 18)}\n`,
    );
  }
}
