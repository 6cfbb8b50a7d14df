import { inputProblems } from '../../src/context/inputs';
import type { ParameterTransfer } from '../../src/demand/parameters';
import { DataSourceMissing, UnsafePath } from '../../src/errors';
import { formatLocation, type Location, parseLocation } from '../../src/transfer/location';
import { S3 } from '../../src/transfer/schemes/s3';
import type { Store, Stores } from '../../src/transfer/store';

/** The content of each remote. Any other remote is unreadable. */
const CONTENT: Record<string, readonly string[]> = {
  's3://bucket/file': [''],
  's3://bucket/tree/': ['a.txt', 'sub/b.csv'],
  's3://bucket/empty': [],
};

function worldOf(content: Record<string, Iterable<string>>): Stores {
  const list: Store['list'] = async function* (location) {
    const keys = content[formatLocation(location)];
    if (keys === undefined) throw new DataSourceMissing('AccessDenied');
    for (const key of keys) yield { key, size: 1 };
  };
  const open = ({ scheme }: Location) => {
    if (scheme !== S3) throw new UnsafePath('not from here');
    return { list } as Partial<Store> as Store;
  };
  return { open };
}

const signal = new AbortController().signal;
const input = (
  remote: string,
  filters: ParameterTransfer['filters'] = {},
  name = 'in/1',
): ParameterTransfer => ({
  location: parseLocation(remote),
  direction: 'input',
  name,
  local: 'in',
  path: '/w/in',
  remote,
  filters,
});
const look = (...inputs: ParameterTransfer[]) => inputProblems(inputs, { stores: worldOf(CONTENT), signal });

test.each([
  ['a file', input('s3://bucket/file')],
  ['a folder', input('s3://bucket/tree/')],
  ['a folder with a filter that matches', input('s3://bucket/tree/', { include: '.*csv' })],
  [
    'a folder where one of two filters matches',
    input('s3://bucket/tree/', { include: ['nothing', 'sub/.*'], exclude: 'a.*' }),
  ],
])('%s exists', async (_title, given) => {
  expect(await look(given)).toEqual([]);
});

test('each missing, unmatched or unreadable input is a problem of its parameter', async () => {
  const problems = await look(
    input('s3://bucket/empty', {}, 'a'),
    input('s3://bucket/tree/', {}, 'fine'),
    input('s3://bucket/tree/', { include: 'b\\.csv' }, 'b'),
    input('s3://other/x', {}, 'c'),
    input('file:///x', {}, 'd'),
  );
  expect(problems).toEqual([
    {
      pointer: '/execution_parameters/params/a',
      message: 's3://bucket/empty does not exist or is empty',
      remedy: expect.stringContaining('bucket and key'),
    },
    {
      pointer: '/execution_parameters/params/b',
      message: 'the filters {"include":"b\\\\.csv"} match none of the files at s3://bucket/tree/',
      remedy: expect.stringContaining('whole path'),
    },
    {
      pointer: '/execution_parameters/params/c',
      message: 's3://other/x cannot be read (DataSourceMissing: AccessDenied)',
      remedy: expect.stringContaining('permission'),
    },
    {
      pointer: '/execution_parameters/params/d',
      message: 'file:///x cannot be read (UnsafePath: not from here)',
      remedy: expect.any(String),
    },
  ]);
});

test('a place that knows where it has looked gives the remedy for a missing input', async () => {
  const world = { stores: worldOf(CONTENT), signal, remedyFor: () => 'Look there' };
  expect(await inputProblems([input('s3://bucket/empty')], world)).toMatchObject([{ remedy: 'Look there' }]);
});

test('an invalid filter is no second problem', async () => {
  expect(await look(input('s3://bucket/tree/', { include: '(' }))).toEqual([]);
});

test('a check of very many files without a match ends after 100,000 files', async () => {
  let listed = 0;
  function* endless() {
    for (;;) yield `${listed++}`;
  }
  const stores = worldOf({ 's3://bucket/endless': endless() });
  expect(await inputProblems([input('s3://bucket/endless', { include: 'x' })], { stores, signal })).toEqual(
    [],
  );
  expect(listed).toBe(100_000);
});

test('a cancelled check throws the cancellation, not a problem of the input', async () => {
  const stopped = AbortSignal.abort(new Error('cancelled'));
  const refused = inputProblems([input('s3://other/x')], { stores: worldOf(CONTENT), signal: stopped });
  await expect(refused).rejects.toThrow('cancelled');
});

test.each([
  ['that passes is thrown, so that the call is repeated', 'passing', undefined],
  ['that says nothing about the input is no problem', 'unknown', []],
  [
    'of the demand is a problem',
    'mistake',
    [
      {
        pointer: '/execution_parameters/params/in~11',
        message: expect.any(String),
        remedy: expect.any(String),
      },
    ],
  ],
] as const)('an error %s', async (_, verdict, problems) => {
  const world = { stores: worldOf(CONTENT), signal, verdictOn: () => verdict };
  const looked = inputProblems([input('s3://other/x')], world);
  if (problems === undefined) await expect(looked).rejects.toThrow('AccessDenied');
  else expect(await looked).toEqual(problems);
});

test('filters that need many steps end the check: the transfer tells whether a file matches', async () => {
  let listed = 0;
  const world = worldOf({
    's3://bucket/tree/': (function* () {
      for (;;) {
        listed += 1;
        yield 'a'.repeat(1_000);
      }
    })(),
  });
  const given = Array.from({ length: 3 }, (_, index) =>
    input('s3://bucket/tree/', { include: '.*b.*c' }, `p${index}`),
  );
  expect(await inputProblems(given, { stores: world, signal })).toEqual([]);
  // Each file may need a million steps.
  expect(listed).toBeLessThan(210);
});

test.each(['\\w'.repeat(900), '(?:a{0,49}){0,18}c'])(
  'the compilation of filters counts, too: %.20s',
  async (include) => {
    let listed = 0;
    const world = worldOf({
      's3://bucket/tree/': (function* () {
        for (;;) {
          listed += 1;
          yield 'a';
        }
      })(),
    });
    const given = Array.from({ length: 1_000 }, (_, index) =>
      input('s3://bucket/tree/', { include }, `p${index}`),
    );
    expect(await inputProblems(given, { stores: world, signal })).toEqual([]);
    // Each input lists its first file, and stops before it is matched.
    expect(listed).toBeLessThan(5_000);
  },
);

test('long filters are told by their beginning', async () => {
  const [problem] = await look(input('s3://bucket/tree/', { include: 'xyz|'.repeat(1_250) }));
  expect(problem?.message.length).toBeLessThan(600);
});

describe('a check that lasts until its deadline', () => {
  const world = (deadline: AbortSignal): Parameters<typeof inputProblems>[1] => {
    const list: Store['list'] = async function* (_location, until) {
      await new Promise((_, reject) =>
        until.addEventListener('abort', () => reject(until.reason), { once: true }),
      );
      yield { key: 'a', size: 1 };
    };
    return { stores: { open: () => ({ list }) as Partial<Store> as Store }, signal, deadline };
  };

  test('finds no problem: the transfer tells whether the input exists', async () => {
    expect(await inputProblems([input('s3://bucket/slow')], world(AbortSignal.timeout(1)))).toEqual([]);
  });

  test('is still cancelled by its signal', async () => {
    const cancelled = AbortSignal.abort(new Error('cancelled'));
    const checked = inputProblems([input('s3://bucket/slow')], {
      ...world(AbortSignal.timeout(60_000)),
      stores: worldOf({}),
      signal: cancelled,
    });
    await expect(checked).rejects.toThrow('cancelled');
  });
});
