/**
 * Compares the scaffolding function, as bundled for Lambda, with the original's:
 * `npm run bench:scaffolding -- [--turns 5] [--original] [--json]`.
 *
 * Both call the same canned EFS API over HTTP. Processes take turns, and figures are medians.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundled, figuresOf, medians, originalPython } from '../shared.mjs';
import { STAGE_ACCESS_POINTS, startAws } from './aws.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const PROJECT = join(HERE, '..', '..');
const ROUNDS = { ours: 2000, original: 100 };
const GOALS = { import_ms: 120, bundle_kb: 700, cold_round_trips: 2, warm_calls: 0 };

const { values: options } = parseArgs({
  options: {
    turns: { type: 'string', default: '5' },
    original: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
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
  ACCESS_POINTS: JSON.stringify(STAGE_ACCESS_POINTS),
  DEMAND_RULES: readFileSync(join(HERE, 'rules.json'), 'utf8'),
};

const bundle = await bundled(join(PROJECT, 'functions', 'scaffolding', 'handler.ts'), 'scaffolding');
const python = options.original ? await originalPython() : undefined;

const runs = { ours: [], original: [] };
for (let turn = 0; turn < Number(options.turns); turn++) {
  runs.ours.push(await measure(process.execPath, [join(HERE, 'ours.mjs'), bundle], ROUNDS.ours));
  if (python !== undefined)
    runs.original.push(await measure(python, [join(HERE, 'original.py')], ROUNDS.original));
}
aws.stop();

const ours = { ...medians(runs.ours), bundle_kb: statSync(bundle).size / 1024 };
const original = python === undefined ? undefined : medians(runs.original);
if (options.json) process.stdout.write(`${JSON.stringify({ ours, original })}\n`);
else printTable(ours, original);

async function measure(program, args, rounds) {
  // The first of two runs counts only the calls of the first invocation.
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

function run(program, args, rounds) {
  return figuresOf(program, [...args, join(HERE, 'request.json'), String(rounds)], { env: environment });
}

function printTable(ours, original) {
  const cell = (value, width = 10) => (value === undefined ? '' : String(value)).padStart(width);
  const number = (value) => (value === undefined ? undefined : Number(value.toPrecision(3)));
  process.stdout.write(`medians of ${options.turns} processes each\n`);
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
