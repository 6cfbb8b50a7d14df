/**
 * Compares transfers between S3 and folders:
 * `npm run bench:transfer -- [--rivals] [--original] [--json] [--runs 5] [--only 'small']`.
 *
 * A real S3 server stores objects in a folder. For each work the programs take turns, several times. Figures are
 * medians. `BENCH_FOLDER` is the folder of the data, by default in memory (/dev/shm).
 */
import { randomFillSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { goProgram } from '../../local/api/go-program.ts';
import { pythonEnvironment } from '../../local/api/python-environment.ts';
import { startVersitygw } from '../../local/api/versitygw-server.ts';
import { bundled, figuresOf, medians, originalPython } from '../shared.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const PROJECT = join(HERE, '..', '..');
const CACHE = join(PROJECT, '.cache');
const RCLONE = 'github.com/rclone/rclone@v1.76.0';
const GO = { sources: join(PROJECT, 'local', 'api'), cache: CACHE };
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'benchbench' };
const GOAL_PEAK_MB = 256;
const MIB = 1024 ** 2;
const SETS = {
  large: { title: '1 x 1 GiB', files: 1, bytes: 1024 * MIB },
  medium: { title: '200 x 8 MiB', files: 200, bytes: 8 * MIB },
  small: { title: '20,000 x 1 KiB', files: 20_000, bytes: 1024 },
};
const WORKS = [
  ...Object.keys(SETS).flatMap((set) => [
    { set, way: 'up' },
    { set, way: 'down' },
  ]),
  { set: 'small', way: 'again' },
  { set: 'small', way: 'again down' },
];

const { values: options } = parseArgs({
  options: {
    rivals: { type: 'boolean', default: false },
    original: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});

const base = process.env.BENCH_FOLDER ?? (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
const place = await mkdtemp(join(base, 'bench-transfer-'));
const buckets = join(place, 's3', 'buckets');
await mkdir(join(buckets, 'bench'), { recursive: true });
const server = await startVersitygw({
  ...GO,
  data: join(place, 's3'),
  credentials: CREDENTIALS,
  knowledge: 'in extended attributes',
});
const environment = {
  PATH: process.env.PATH,
  HOME: place,
  AWS_ENDPOINT_URL: server.endpoint,
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  ...CREDENTIALS,
};

try {
  const programs = await findPrograms();
  const results = [];
  for (const work of WORKS) {
    if (!`${work.set} ${work.way}`.includes(options.only)) continue;
    results.push({ ...work, ...(await compare(work, programs)) });
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else printTable(results, Object.keys(programs));
} finally {
  await server.stop();
  await rm(place, { recursive: true, force: true });
}

/** Returns the programs by name. Each turns a source and a destination into the command line of a transfer. */
async function findPrograms() {
  const bundle = await bundled(join(HERE, 'ours.ts'), 'transfer');
  const programs = { ours: (from, to) => [process.execPath, bundle, from, to, place] };
  if (options.original) {
    const python = await originalPython();
    programs.original = (from, to) => [python, join(HERE, 'original.py'), from, to];
  }
  if (!options.rivals) return programs;
  await orSkip('aws s3 sync', async () => {
    const python = await pythonEnvironment(join(HERE, 'requirements.txt'), join(CACHE, 'python'));
    programs.aws = (from, to) => [
      python,
      '-m',
      'awscli',
      's3',
      'sync',
      '--size-only',
      '--only-show-errors',
      from,
      to,
    ];
  });
  await orSkip('rclone', async () => {
    const rclone = await goProgram(RCLONE, GO);
    const remote = `:s3,provider=Other,env_auth=true,region=us-east-1,endpoint='${server.endpoint}':`;
    const toPath = (uri) => uri.replace('s3://', remote);
    programs.rclone = (from, to) => [
      rclone,
      'copy',
      '--size-only',
      '--transfers',
      '16',
      '--checkers',
      '16',
      '--quiet',
      toPath(from),
      toPath(to),
    ];
  });
  return programs;
}

async function orSkip(name, find) {
  await find().catch((error) => process.stderr.write(`${name} is left out: ${error.message}\n`));
}

async function compare({ set, way }, programs) {
  const [files, object] = [join(place, 'files', set), `s3://bench/${set}`];
  const stored = join(buckets, 'bench', set);
  await seed(files, SETS[set]);
  if (way !== 'up') await measure(programs.ours(files, object));
  const figures = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  const isDown = way.endsWith('down');
  for (let turn = 0; turn < Number(options.runs); turn++) {
    for (const [name, command] of Object.entries(programs)) {
      const target = join(place, 'target');
      if (way === 'up') await rm(stored, { recursive: true, force: true });
      await rm(target, { recursive: true, force: true });
      await mkdir(target);
      const local = way === 'down' ? target : files;
      const [from, to] = isDown ? [object, local] : [files, object];
      const measured = await measureOrSay(name, () => measure(command(from, to)));
      if (measured === undefined) continue;
      figures[name].push(measured);
      await refuseIncomplete(isDown ? local : stored, SETS[set], name);
    }
  }
  await rm(join(place, 'target'), { recursive: true, force: true });
  if (way !== 'up') await rm(stored, { recursive: true, force: true });
  const measured = Object.entries(figures).filter(([, each]) => each.length > 0);
  return Object.fromEntries(measured.map(([name, each]) => [name, medians(each)]));
}

/** Returns undefined when a rival fails. The original, for example, refuses to download over existing files. */
async function measureOrSay(name, take) {
  try {
    return await take();
  } catch (error) {
    if (name === 'ours') throw error;
    process.stderr.write(`${name} failed: ${error.message.trim().split('\n').at(-1)}\n`);
    return undefined;
  }
}

async function seed(folder, { files, bytes }) {
  if (existsSync(folder)) return;
  const content = randomFillSync(Buffer.allocUnsafe(bytes));
  for (let index = 0; index < files; index++) {
    const below = join(folder, `d${index % 20}`);
    await mkdir(below, { recursive: true });
    await writeFile(join(below, `file-${index}.bin`), content);
  }
}

/** Fails when a program has not transferred all files: its time would not be comparable. */
async function refuseIncomplete(folder, { files, bytes }, name) {
  const found = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) =>
    each.isFile(),
  );
  const first = await stat(join(found[0].parentPath, found[0].name));
  if (found.length !== files || first.size !== bytes)
    throw new Error(`${name} has made ${found.length} files, the first of ${first.size} bytes`);
}

function measure(command) {
  return figuresOf('python3', [join(HERE, '..', 'measure.py'), ...command], { env: environment });
}

function printTable(results, names) {
  const cell = (text, width = 22) => String(text).padStart(width);
  const describe = (figure) =>
    figure === undefined
      ? 'failed'
      : `${figure.wall_s.toFixed(2)} / ${figure.cpu_s.toFixed(2)} / ${figure.peak_mb.toFixed(0)}`;
  process.stdout.write(
    `medians of ${options.runs}: wall s / CPU s / peak MB; goal: faster, and below ${GOAL_PEAK_MB} MB\n`,
  );
  process.stdout.write(
    `${''.padEnd(24)}${names.map((name) => cell(name)).join('')}${cell('fastest rival / ours')}\n`,
  );
  for (const { set, way, ...figures } of results) {
    const rivals = names.slice(1).flatMap((name) => figures[name]?.wall_s ?? []);
    const ratio = rivals.length === 0 ? '' : (Math.min(...rivals) / figures.ours.wall_s).toFixed(2);
    const title = `${SETS[set].title} ${way}`.padEnd(24);
    process.stdout.write(
      `${title}${names.map((name) => cell(describe(figures[name]))).join('')}${cell(ratio)}\n`,
    );
  }
}
