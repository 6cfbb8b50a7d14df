/** Random changes of files between syncs that compare contents. No sync may skip a changed file. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { fileVerified } from '../../../src/adapters/files/file-verified';
import { syncData } from '../../../src/transfer/sync';
import { etagStores } from '../etag-stores';
import { harvest, keepingTimes, plant, syncRequest, worldOf } from '../folders';

const KEYS = ['a', 'b', 'c/d'] as const;
/** All contents have one size, so only a comparison of contents finds a difference. */
const CONTENTS = ['one', 'two', 'six'] as const;

type Step =
  | { readonly do: 'sync'; readonly way: 'down' | 'up' | 'across'; readonly force: boolean }
  | { readonly do: 'write' | 'replace' | 'write as before'; readonly key: string; readonly content: string }
  | { readonly do: 'put'; readonly key: string; readonly content: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'lose the record' };

const change = { key: fc.constantFrom(...KEYS), content: fc.constantFrom(...CONTENTS) };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('sync' as const),
      way: fc.constantFrom('down' as const, 'up' as const, 'across' as const),
      force: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('write' as const, 'replace' as const, 'write as before' as const),
      ...change,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('put' as const), ...change }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose the record' as const) }) },
);

class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'verified-'));
  readonly reads = { bytes: 0 };
  readonly files = join(this.folder, 'mnt/files');
  readonly copy = join(this.folder, 'mnt/copy');
  readonly bucket = join(this.folder, 's3/bucket');

  constructor() {
    const tree = Object.fromEntries(KEYS.map((key) => [key, 'one']));
    for (const each of [this.files, this.copy, this.bucket]) plant(each, tree);
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'sync') await this.#sync(step);
    else if (step.do === 'wait') await setTimeout(step.ms);
    else if (step.do === 'put') writeFileSync(join(this.bucket, step.key), step.content);
    else if (step.do === 'lose the record')
      rmSync(join(this.folder, 'mnt/.demand.verified'), { recursive: true, force: true });
    else await this.#change(step.do, join(this.files, step.key), step.content);
  }

  async #change(how: 'write' | 'replace' | 'write as before', path: string, content: string) {
    const write = () => writeFileSync(path, content);
    if (how === 'write') write();
    if (how === 'replace') {
      writeFileSync(`${path}.new`, content);
      renameSync(`${path}.new`, path);
    }
    if (how === 'write as before') {
      // The mtime is set back, so only the ctime shows the change, and it shows it from the next clock tick on.
      await setTimeout(15);
      keepingTimes(path, write);
    }
  }

  async #sync({ way, force }: { way: 'down' | 'up' | 'across'; force: boolean }): Promise<void> {
    const [from, to] = {
      down: ['s3://bucket/', `${this.files}/`],
      up: [`${this.files}/`, 's3://bucket/'],
      across: [`${this.files}/`, `${this.copy}/`],
    }[way] as [string, string];
    const verified = fileVerified({
      mounts: [{ path: join(this.folder, 'mnt'), fileSystemId: 'fs-1', root: '/' }],
      settledMs: 15,
      worthBytes: 0,
    });
    const world = worldOf(etagStores(this.folder, this.reads), { verified });
    const request = syncRequest({ source_path: from, destination_path: to, size_only: false, force });
    await syncData(request, undefined, world);
    const [source, destination] = {
      down: [this.bucket, this.files],
      up: [this.files, this.bucket],
      across: [this.files, this.copy],
    }[way] as [string, string];
    expect(harvest(destination)).toEqual(harvest(source));
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  const scene = new Scene();
  try {
    for (const each of steps) await scene.take(each);
  } finally {
    rmSync(scene.folder, { recursive: true, force: true });
  }
}

test('source and destination are the same after each sync', async () => {
  const scene = fc.array(step, { minLength: 4, maxLength: 25 });
  // Five at once, because each mostly waits.
  const scenes = fc.array(scene, { minLength: 5, maxLength: 5 });
  const property = fc.asyncProperty(scenes, async (all) => void (await Promise.all(all.map(play))));
  await fc.assert(property, { numRuns: 10 });
});

test('a write immediately after a sync is noticed', async () => {
  for (let round = 0; round < 60; round++)
    await play([
      { do: 'put', key: 'a', content: 'two' },
      { do: 'sync', way: 'down', force: false },
      { do: 'write', key: 'a', content: 'six' },
      { do: 'sync', way: 'down', force: false },
      { do: 'sync', way: 'up', force: false },
    ]);
});
