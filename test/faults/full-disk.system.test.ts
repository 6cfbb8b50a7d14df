/**
 * Transfers to a full file system. It is a tmpfs of some megabytes, mounted in its own namespaces or by root. A container
 * may allow neither. Then the kernel's limit on the size of a file replaces it: a write fails at the same point, with
 * EFBIG instead of ENOSPC. The name of the test shows the way.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientOf, useBucket } from '../adapters/s3/s3-world';
import { VERSITYGW } from '../api/endpoint';
import { useWorkers } from './processes';
import { bucketTags, type Content, folderNames, folderTags, plantBucket, plantFolder, tagsOf } from './trees';

const MIB = 1024 ** 2;
/** Mounts a small tmpfs over the folder $0, copies $1 into it, runs the other arguments, and copies the result to $2. */
const ON_TMPFS =
  'mount -t tmpfs -o size=2m tmpfs "$0" && cp -r "$1/." "$0" && result="$2" && shift 2 && "$@"; ended=$?; ' +
  'cp -r "$0/." "$result"; umount "$0"; exit $ended';
/** Does the same on the disk itself, with a limit of 1 MiB for each file. */
const LIMITED =
  'cp -r "$1/." "$0" && result="$2" && shift 2 && (ulimit -f 1024; "$@"); ended=$?; cp -r "$0/." "$result"; exit $ended';

const WAYS = {
  'a tmpfs in namespaces of its own': {
    before: ['unshare', '--user', '--map-root-user', '--mount'],
    script: ON_TMPFS,
    code: 'ENOSPC',
  },
  'a tmpfs': { before: ['unshare', '--mount'], script: ON_TMPFS, code: 'ENOSPC' },
  'a limit on the size of a file, as nothing may be mounted here': {
    before: [],
    script: LIMITED,
    code: 'EFBIG',
  },
} as const;
type Way = keyof typeof WAYS;
const WAY = (Object.keys(WAYS) as Way[]).find(works)!;

function works(way: Way): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  const names = ['at', 'from', 'to'].map((name) => join(folder, name)) as [string, string, string];
  for (const name of names) mkdirSync(name);
  const [program = '', ...args] = under(way, ...names);
  const { status } = spawnSync(program, [...args, 'true']);
  rmSync(folder, { recursive: true });
  return status === 0;
}

function under(way: Way, at: string, from: string, to: string): string[] {
  const { before, script } = WAYS[way];
  return [...before, 'bash', '-c', script, at, from, to];
}

const workers = useWorkers();
const bucket = useBucket(VERSITYGW);
const client = () => clientOf(VERSITYGW.endpoint());
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'full-'));
  for (const name of ['at', 'old', 'after']) mkdirSync(join(root, name));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const small = (version: string): Content =>
  new Map([
    ['a', Buffer.from(version)],
    ['z', Buffer.from(version)],
  ]);
const large = (bytes: number): Content => new Map([['large', Buffer.alloc(bytes, 7)]]);
const fill: Content = new Map([['filler', Buffer.alloc(MIB / 2)]]);

describe(`full: ${WAY}`, () => {
  test.each([
    ['comes from S3 in ranges', 9 * MIB],
    ['comes from S3 in one request', 2 * MIB],
  ])(
    'a file without room that %s is named and missing, and the existing files are whole',
    async (_, bytes) => {
      const source = new Map([...small('new'), ...large(bytes)]);
      const old = new Map([...small('old'), ...large(7), ...fill]);
      const prefix = `in-${bytes}/`;
      await plantBucket(client(), bucket.name, prefix, source);
      plantFolder(join(root, 'old'), old);
      const request = {
        source_path: `s3://${bucket.name}/${prefix}`,
        destination_path: `${root}/at/`,
        retain_source_data: false,
        max_concurrency: 1,
      };
      const task = { request, endpoint: VERSITYGW.endpoint(), root: join(root, 'at') };
      const { outcome } = await workers.start(task, under(WAY, `${root}/at`, `${root}/old`, `${root}/after`))
        .ended;

      expect(outcome.message).toContain(WAYS[WAY].code);
      expect(outcome.message).toContain(`${prefix}large to ${root}/at/large`);
      const tags = tagsOf(new Map([...small('old'), ...large(7), ...fill, ['a', Buffer.from('new')]]));
      expect(folderTags(join(root, 'after'))).toEqual(tags);
      expect(folderNames(join(root, 'after')).sort()).toEqual([...tags.keys()].sort());
      expect(await bucketTags(client(), bucket.name, prefix)).toEqual(tagsOf(source));
    },
  );
});
