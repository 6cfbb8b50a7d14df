import { type BegunUpload, holdOfUpload, sweepUploads } from '../../src/sweep/uploads';

const DAY_MS = 24 * 3_600_000;
const NOW = 1_000 * DAY_MS;
const OURS = 'arn:aws:sts::111122223333:assumed-role/dev-data-sync/function';
const upload = (more: Partial<BegunUpload> = {}): BegunUpload => ({
  bucket: 'bucket',
  key: 'a/b',
  id: 'id',
  begunAt: NOW - 20 * DAY_MS,
  initiator: OURS,
  ...more,
});
const RULES = { days: 15, roles: ['dev-data-sync'], runningSince: NOW - DAY_MS };

test('only an old upload of our own roles is aborted', () => {
  expect(holdOfUpload(upload(), RULES, NOW)).toBeUndefined();
  expect(holdOfUpload(upload({ begunAt: NOW - 15 * DAY_MS }), RULES, NOW)).toBeUndefined();
  expect(holdOfUpload(upload({ begunAt: NOW - 15 * DAY_MS + 1 }), RULES, NOW)).toBe('recent');
  expect(holdOfUpload(upload({ begunAt: Number.POSITIVE_INFINITY }), RULES, NOW)).toBe('recent');
});

test.each([
  '',
  'arn:aws:iam::111122223333:user/dev-data-sync',
  'arn:aws:sts::111122223333:assumed-role/dev-data-sync-2/function',
  'arn:aws:sts::111122223333:assumed-role/other/dev-data-sync/x',
  'dev-data-sync',
])('an upload of the initiator "%s" stays', (initiator) => {
  expect(holdOfUpload(upload({ initiator }), RULES, NOW)).toBe('foreign');
});

test('an upload that a running execution may continue stays', () => {
  expect(holdOfUpload(upload(), { ...RULES, runningSince: NOW - 20 * DAY_MS }, NOW)).toBe('running');
  const { runningSince: _, ...unknown } = RULES;
  expect(holdOfUpload(upload(), unknown, NOW)).toBe('unknown');
});

test('a failed abort is told, and the other uploads go on', async () => {
  const aborted: string[] = [];
  const uploads = {
    abort: async ({ key }: BegunUpload) => {
      if (key === 'fails') throw new Error('AccessDenied');
      aborted.push(key);
    },
  };
  const found = [
    upload({ key: 'fails' }),
    upload({ key: 'goes' }),
    upload({ key: 'theirs', initiator: 'x' }),
  ];
  const all = await sweepUploads(found, RULES, { uploads, now: NOW, isDryRun: false });
  expect(all).toEqual([
    { failure: 'AccessDenied', path: 's3://bucket/fails' },
    { removed: 'upload', path: 's3://bucket/goes', bytes: 0 },
    { stays: 'foreign' },
  ]);
  expect(aborted).toEqual(['goes']);
  await sweepUploads(found, RULES, { uploads, now: NOW, isDryRun: true });
  expect(aborted).toEqual(['goes']);
});
