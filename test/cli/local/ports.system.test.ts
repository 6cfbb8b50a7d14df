/**
 * Every socket that `demand local up` opens, found by what the kernel says of its processes: a new listener is scanned
 * without a change here.
 *
 * The requests are bytes on a socket, and no browser sends them. A browser can send only a part of them: it always has
 * its own Host, Origin and Sec-Fetch-Site. A server that refuses all of them refuses those of every browser, of a page
 * that resolves its own name to 127.0.0.1 (DNS rebinding), and of other programs.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BatchClient, ListJobsCommand } from '@aws-sdk/client-batch';
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { fromStrangers, VERBS, withoutRight } from '../../local/api/access/hostile-requests';
import { exchange, SUBMIT_JOB, signed } from '../../local/api/access/raw-requests';
import { DemandProcess } from '../demand-process';
import { processIdsIn, waitUntil } from '../waiting';
import { contentOf, listenersOf, treeOf } from './listeners';

const PROJECT = join(__dirname, '../../..');
/** The start packages the service, which takes a busy machine a minute or two. */
const MOST_MS_TO_START = 300_000;
const QUEUE = 'demand-queue';

let folder: string;
let api: {
  readonly pid: number;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};
let printed: string;
let watching: DemandProcess;

const demand = (...args: string[]) => new DemandProcess(folder, [], args, environment());
/** No configuration of a stage names it. */
const BUCKET = 'ports-data';
/** What the user has set for AWS and for other programs is not for the local API. Nothing listens at the proxy. */
const SETTINGS = {
  AWS_PROFILE: 'of-the-user',
  AWS_SESSION_TOKEN: 'of-the-user',
  HTTP_PROXY: 'http://127.0.0.1:9',
  http_proxy: 'http://127.0.0.1:9',
};

/** The variables that a user exports: those that `local up` prints. */
function environment(): NodeJS.ProcessEnv {
  const exported = [...(printed ?? '').matchAll(/\b(AWS_[A-Z_]+)=(\S+)/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  const { AWS_SESSION_TOKEN: _, ...others } = process.env;
  return { ...others, ...Object.fromEntries(exported) };
}

/** The scan finds the processes of a running job and of functions, too. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'demand-ports-'));
  const args = ['local', 'up', '--root', 'api', '--project', PROJECT, '--bucket', BUCKET];
  const up = new DemandProcess(folder, [], args, { ...environment(), ...SETTINGS });
  printed = (await up.ended).stdout;
  api = JSON.parse(readFileSync(join(folder, 'api', 'api.json'), 'utf8'));
  writeFileSync(join(folder, 'demand.json'), JSON.stringify(DEMAND(folder)));
  watching = demand('submit', 'demand.json', '--stage', 'local', '--watch');
  await Promise.race([processIdsIn(join(folder, 'job.pid')), failure(watching)]);
}, MOST_MS_TO_START);
afterAll(async () => {
  await demand('local', 'down', '--root', 'api').ended;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function failure({ ended }: DemandProcess): Promise<never> {
  const { stdout, stderr } = await ended;
  throw new Error(`The demand ended before its job: ${stdout}${stderr}`);
}

/** Its job waits for a file, and tells the keys that it has. */
const DEMAND = (root: string, bucket = BUCKET) => ({
  execution_type: 'ports',
  execution_id: bucket,
  execution_image: 'public.ecr.aws/docker/library/debian:12-slim',
  execution_parameters: {
    command: [
      `env | grep -E '^AWS_(ACCESS|ENDPOINT|REGION|SECRET)' | sort > \${TOLD}; echo $$ > ${root}/job.pid; while [ ! -e ${root}/go ]; do sleep 0.1; done`,
    ],
    params: { told: `told.txt @ s3://${bucket}/told.txt` },
    inputs: [],
    outputs: ['told'],
  },
  execution_platform: { aws_batch: { job_queue_name: QUEUE } },
  resource_requirements: { memory: 512, vcpus: 1 },
});

const ports = () =>
  listenersOf(api.pid)
    .filter(({ protocol }) => protocol === 'tcp')
    .map(({ address }) => Number(address.split(':')[1]));

test('no listener is open to another machine or to another user', () => {
  const listeners = listenersOf(api.pid);
  expect(listeners).toContainEqual({ protocol: 'tcp', address: new URL(api.endpoint).host });
  for (const { protocol, address } of listeners) {
    if (protocol === 'unix') expect([address, statSync(dirname(address)).mode & 0o077]).toEqual([address, 0]);
    else expect([protocol, address]).toEqual(['tcp', expect.stringMatching(/^127\.0\.0\.1:/)]);
  }
});

test.each(VERBS)('each port refuses %s of strangers', async (verb) => {
  const answered: unknown[] = [];
  for (const port of ports())
    for (const target of [SUBMIT_JOB, '/'])
      for (const [name, raw] of await fromStrangers(verb, target, port, api.credentials))
        answered.push(...(await answeredOf(port, name, raw)));
  expect(answered).toEqual([]);
});

test('each port refuses requests without a right signature, and copies of signed requests', async () => {
  const answered: unknown[] = [];
  for (const port of ports())
    for (const [name, raw] of await withoutRight(port, api.credentials))
      answered.push(...(await answeredOf(port, name, raw)));
  expect(answered).toEqual([]);
});

/** @returns the answer when it is no refusal, or when it lets a web page read it */
async function answeredOf(
  port: number,
  name: string,
  raw: Parameters<typeof exchange>[1],
): Promise<unknown[]> {
  const answer = await exchange(port, raw);
  if (answer === undefined) return [];
  const { status, head } = answer;
  const isRefused = status >= 400 && status < 500 && !head.includes('access-control');
  return isRefused ? [] : [`${port} ${raw.method} ${raw.target}, ${name}: ${head}`];
}

test('the refused requests have done nothing, and the same request with the right keys is answered', async () => {
  const { endpoint, region, credentials } = api;
  const batch = new BatchClient({ endpoint, region, credentials });
  const { jobSummaryList = [] } = await batch.send(
    new ListJobsCommand({ jobQueue: QUEUE, filters: [ANY_JOB] }),
  );
  const { Buckets = [] } = await new S3Client({ endpoint, region, credentials }).send(
    new ListBucketsCommand(),
  );
  expect(jobSummaryList).toHaveLength(1);
  expect(Buckets.map(({ Name }) => Name)).toContain(BUCKET);
  const right = await signed(
    { target: '/v1/listjobs', body: '{"jobQueue":"none"}' },
    { credentials, host: new URL(endpoint).host },
  );
  expect(await exchange(Number(new URL(endpoint).port), right)).toMatchObject({ status: 200 });
});

const ANY_JOB = { name: 'JOB_NAME', values: ['*'] };

test('only this user can read the files and the environments with the keys', () => {
  for (const file of ['.', 'api.json', 'api.log'])
    expect([file, statSync(join(folder, 'api', file)).mode & 0o077]).toEqual([file, 0]);
  const commands = treeOf(api.pid).map((pid) => contentOf(`/proc/${pid}/cmdline`));
  expect(commands.join()).toContain('moto_server');
  for (const command of commands) expect(command).not.toContain(api.credentials.secretAccessKey);
});

test('the demand runs to its end with these keys, and its job has them', async () => {
  writeFileSync(join(folder, 'go'), '');
  expect(await watching.ended).toMatchObject({ exitCode: 0 });
  const read = await demand('sync', `s3://${BUCKET}/told.txt`, './told.txt').ended;
  expect(read).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(folder, 'told.txt'), 'utf8').trim().split('\n')).toEqual([
    `AWS_ACCESS_KEY_ID=${api.credentials.accessKeyId}`,
    `AWS_ENDPOINT_URL=${api.endpoint}`,
    `AWS_REGION=${api.region}`,
    `AWS_SECRET_ACCESS_KEY=${api.credentials.secretAccessKey}`,
  ]);
});

test('a bucket that is made later is a bucket of the stage; one that does not exist is refused', async () => {
  const { endpoint, region, credentials } = api;
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const submit = async (bucket: string) => {
    writeFileSync(join(folder, 'demand.json'), JSON.stringify(DEMAND(folder, bucket)));
    return demand('submit', 'demand.json', '--stage', 'local', '--watch').ended;
  };
  const refused = await submit('ports-later');
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.stdout).toContain('the rule demands.write of the stage forbids writing s3://ports-later/');
  expect(refused.stdout).toContain(`s3://${BUCKET}`);
  await s3.send(new CreateBucketCommand({ Bucket: 'ports-later' }));
  writeFileSync(
    join(folder, 'demand.json'),
    JSON.stringify({ ...DEMAND(folder, 'ports-later'), execution_id: 'ports-again' }),
  );
  expect(await demand('submit', 'demand.json', '--stage', 'local', '--watch').ended).toMatchObject({
    exitCode: 0,
  });
});

test('no socket file stays after the end', async () => {
  const sockets = listenersOf(api.pid).filter(({ protocol }) => protocol === 'unix');
  await demand('local', 'down', '--root', 'api').ended;
  await waitUntil('the end of the socket files', () =>
    sockets.every(({ address }) => statSync(dirname(address), { throwIfNoEntry: false }) === undefined),
  );
});
