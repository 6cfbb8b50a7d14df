/**
 * A worker that is killed at random moments, and killed again when it continues: a hundred times in all.
 *
 * After each kill every file at the destination is whole, the old or the new one. Every new file is whole on at least
 * one side. A mirror has removed nothing before its last file arrived. A listing marks each partial file as
 * reserved. FAULT_SEED repeats the moments, as far as the machine allows.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FileStore } from '../../src/adapters/files/file-store';
import { S3Store } from '../../src/adapters/s3/s3-store';
import { parseLocation } from '../../src/transfer/location';
import { pagesOf, type Store } from '../../src/transfer/store';
import { clientOf, useBucket } from '../adapters/s3/s3-world';
import { VERSITYGW } from '../api/endpoint';
import { useWorkers } from './processes';
import { generatorOf } from './random';
import {
  bucketTags,
  type Content,
  contentOf,
  folderTags,
  pick,
  plantBucket,
  plantFolder,
  type Tags,
  tagsOf,
} from './trees';

jest.setTimeout(600_000);

const KILLS_EACH = 25;
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const workers = useWorkers();
const bucket = useBucket(VERSITYGW);
const client = () => clientOf(VERSITYGW.endpoint());

const NEW = contentOf('new');
const OLD = pick(contentOf('old'), 4);
const STALE: Content = new Map([
  ['d0/stale', Buffer.from('stale')],
  ['gone/stale', Buffer.alloc(1_000, 1)],
]);
const [NEW_TAGS, OLD_TAGS, STALE_TAGS] = [tagsOf(NEW), tagsOf(OLD), tagsOf(STALE)];

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'killed-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Side = 's3' | 'folder';

const uriOf = (side: Side, name: string) =>
  side === 's3' ? `s3://${bucket.name}/${name}/` : `${join(root, name)}/`;

function plant(side: Side, name: string, content: Content): Promise<void> | void {
  return side === 's3'
    ? plantBucket(client(), bucket.name, `${name}/`, content)
    : plantFolder(join(root, name), content);
}

async function tagsAt(side: Side, name: string): Promise<Tags> {
  return side === 's3' ? bucketTags(client(), bucket.name, `${name}/`) : folderTags(join(root, name));
}

/** Returns the keys that a later run lists. */
async function listed(side: Side, name: string): Promise<string[]> {
  const store: Store = side === 's3' ? new S3Store(client()) : new FileStore({ root });
  const keys: string[] = [];
  for await (const page of pagesOf(store, parseLocation(uriOf(side, name)), new AbortController().signal))
    keys.push(...page.filter(({ isReserved }) => !isReserved).map(({ key }) => key));
  return keys;
}

interface Way {
  readonly from: Side;
  readonly to: Side;
  readonly isMove: boolean;
}

class Round {
  constructor(
    private readonly way: Way,
    private readonly source: string,
    private readonly destination: string,
  ) {}

  async setUp(): Promise<void> {
    await plant(this.way.from, this.source, NEW);
    await plant(this.way.to, this.destination, new Map([...OLD, ...STALE]));
  }

  start() {
    const { from, to, isMove } = this.way;
    const request = {
      source_path: uriOf(from, this.source),
      destination_path: uriOf(to, this.destination),
      delete: true,
      retain_source_data: !isMove,
    };
    return workers.start({ request, endpoint: VERSITYGW.endpoint(), root });
  }

  /** Returns the violations of the rules above. The list must be empty. */
  async problems(): Promise<string[]> {
    const { from, to, isMove } = this.way;
    // The source comes first: a move removes a file there only when the destination has it. A mirror's source is checked
    // at the end.
    const left = isMove ? await tagsAt(from, this.source) : NEW_TAGS;
    const arrived = await tagsAt(to, this.destination);
    const found = [...NEW_TAGS].flatMap(([key, tag]) => {
      const isWhole = [tag, OLD_TAGS.get(key)].includes(arrived.get(key));
      const isSafe = left.get(key) === tag || arrived.get(key) === tag;
      return [...(isWhole ? [] : [`${key} is mixed, or was lost`]), ...(isSafe ? [] : [`${key} is nowhere`])];
    });
    const isAll = [...NEW_TAGS].every(([key, tag]) => arrived.get(key) === tag);
    for (const [key, tag] of STALE_TAGS)
      if (arrived.get(key) !== tag && !(isAll && !arrived.has(key))) found.push(`${key} went too early`);
    const known = new Set([...NEW_TAGS.keys(), ...STALE_TAGS.keys()]);
    const unknown = (await listed(to, this.destination)).filter((key) => !known.has(key));
    return [...found, ...unknown.map((key) => `${key} is listed`)];
  }

  /** @param outcome the outcome of a worker that was not killed */
  async expectDone(outcome: Record<string, unknown>): Promise<void> {
    const { from, to, isMove } = this.way;
    // After a kill between the last removal and the answer, the prefix in S3 is empty, and a repeat does not find it.
    if (!(isMove && from === 's3' && outcome.name === 'DataSourceMissing'))
      expect(outcome).toMatchObject({ status: 'DONE' });
    expect(await tagsAt(to, this.destination)).toEqual(NEW_TAGS);
    expect(await tagsAt(from, this.source)).toEqual(isMove ? new Map() : NEW_TAGS);
    expect((await listed(to, this.destination)).sort()).toEqual([...NEW_TAGS.keys()].sort());
  }
}

const WAYS: readonly [string, Way][] = [
  ['a mirror from S3 to a folder', { from: 's3', to: 'folder', isMove: false }],
  ['a mirror from a folder to S3', { from: 'folder', to: 's3', isMove: false }],
  ['a move from S3 to a folder', { from: 's3', to: 'folder', isMove: true }],
  ['a move from a folder to S3', { from: 'folder', to: 's3', isMove: true }],
];

async function killAgainAndAgain(name: string, way: Way, random: () => number): Promise<void> {
  let rounds = 0;
  const nextRound = async () => {
    const id = `${name.replaceAll(' ', '-')}-${rounds++}`;
    const round = new Round(way, `${id}-from`, `${id}-to`);
    await round.setUp();
    return round;
  };
  const measured = await nextRound();
  const worker = measured.start();
  await worker.begun;
  const start = performance.now();
  const { outcome: first } = await worker.ended;
  let withinMs = performance.now() - start;
  expect(first).toMatchObject({ status: 'DONE', filesTransferred: NEW.size });
  await measured.expectDone(first);

  let round = await nextRound();
  for (let kills = 0; kills < KILLS_EACH; ) {
    const victim = round.start();
    await victim.begun;
    await setTimeout(random() * withinMs);
    victim.kill();
    const { wasKilled, outcome } = await victim.ended;
    expect(await round.problems()).toEqual([]);
    // A continued worker has less work, and the load of the machine changes. Most workers must be killed in time.
    withinMs *= wasKilled ? 1.1 : 0.7;
    if (wasKilled) {
      kills++;
      continue;
    }
    await round.expectDone(outcome);
    round = await nextRound();
  }
  await round.expectDone((await round.start().ended).outcome);
}

describe(`with FAULT_SEED=${SEED}`, () => {
  let all: readonly Promise<void>[] | undefined;
  /** Starts all ways at once: each of them mostly waits. */
  const startAll = () => {
    const started = WAYS.map(([name, way], index) => killAgainAndAgain(name, way, generatorOf(SEED + index)));
    // A failure belongs to the test that waits for it.
    for (const each of started) each.catch(() => undefined);
    return started;
  };

  test.each(WAYS)('%s that is killed again and again loses nothing, and finishes', async (name) => {
    all ??= startAll();
    await all[WAYS.findIndex(([each]) => each === name)];
  });
});
