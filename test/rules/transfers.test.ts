import { DemandValidationError } from '../../src/errors';
import { type DemandRules, UNRESTRICTED } from '../../src/rules/model';
import {
  readTransfer,
  readTransfers,
  readTransfersOfDocument,
  readTransferToPlan,
} from '../../src/rules/transfers';

const RULES: DemandRules = {
  ...UNRESTRICTED,
  read: ['s3://data'],
  write: ['s3://out'],
  remove: ['s3://out/mirrors'],
  documents: 'temp',
};
const problemsOf = (body: () => unknown) => {
  try {
    body();
    return [];
  } catch (error) {
    if (!(error instanceof DemandValidationError)) throw error;
    return error.problems.map(({ pointer, message }) => `${pointer} ${/demands\.\w+/.exec(message)?.[0]}`);
  }
};
const transfer = (changes: object = {}) => ({
  source_path: 's3://data/a',
  destination_path: 's3://out/a',
  ...changes,
});

describe('a transfer without "delete"', () => {
  test.each([
    ['keeps the files where no removal is permitted', 's3://out/a', false],
    ['is a mirror where a removal is permitted', 's3://out/mirrors/a', true],
    ['is a mirror of a file system, as in the original', 'fs-1:/a', true],
  ])('%s', (_, destination_path, expected) => {
    expect(readTransfer(transfer({ destination_path }), RULES).delete).toBe(expected);
    expect(readTransferToPlan(transfer({ destination_path }), RULES).delete).toBe(expected);
    expect(readTransfers(transfer({ destination_path }), RULES).requests).toMatchObject([
      { delete: expected },
    ]);
    expect(readTransfers({ requests: [transfer({ destination_path })] }, RULES).requests).toMatchObject([
      { delete: expected },
    ]);
    expect(readTransfersOfDocument([transfer({ destination_path })], RULES)).toMatchObject([
      { delete: expected },
    ]);
  });

  test('is a mirror, as in the original, without rules', () => {
    expect(readTransfer(transfer(), UNRESTRICTED).delete).toBe(true);
    expect(readTransfer(transfer({ delete: null }), RULES).delete).toBe(false);
  });

  test('has one destination, whichever spelling names it', () => {
    const both = transfer({ destinationPath: 's3://out/mirrors/a' });
    expect(problemsOf(() => readTransfer(both, RULES)).filter((each) => !/remove/.test(each))).toEqual([]);
  });
});

test.each([
  ['a source', { source_path: 's3://evil/a' }, ['/source_path demands.read']],
  ['a destination', { destination_path: 's3://data/a' }, ['/destination_path demands.write']],
  ['a mirror that is asked for', { delete: true }, ['/delete demands.remove']],
  ['a mirror in a text', { delete: 'yes' }, ['/delete demands.remove']],
  ['the removal of a source in S3', { retain_source_data: false }, ['/retain_source_data demands.remove']],
  ['the removal of a source on a file system', { source_path: 'fs-1:/a', retain_source_data: false }, []],
  ['a mirror on a file system', { destination_path: 'fs-1:/a', delete: true }, []],
  [
    'everything at once',
    { source_path: 's3://evil/a', destination_path: 's3://evil/b', delete: true, retain_source_data: false },
    [
      '/source_path demands.read',
      '/destination_path demands.write',
      '/retain_source_data demands.remove',
      '/delete demands.remove',
    ],
  ],
])('%s', (_, changes, expected) => {
  expect(problemsOf(() => readTransfer(transfer(changes), RULES))).toEqual(expected);
  expect(problemsOf(() => readTransferToPlan(transfer(changes), RULES))).toEqual(expected);
  const inBatch = expected.map((each) => `/requests/1${each}`);
  const requests = [transfer(), transfer(changes)];
  expect(problemsOf(() => readTransfers({ requests }, RULES))).toEqual(inBatch);
  expect(problemsOf(() => readTransfersOfDocument(requests, RULES))).toEqual(
    expected.map((each) => `/1${each}`),
  );
  expect(problemsOf(() => readTransfer(transfer(changes), UNRESTRICTED))).toEqual([]);
});

test('the pointer of a nested request has the path to it', () => {
  expect(problemsOf(() => readTransfer(transfer({ source_path: 's3://evil/a' }), RULES, ['start']))).toEqual([
    '/start/source_path demands.read',
  ]);
});

test.each([
  ['s3://temp/plans/1.json', []],
  ['s3://out/plans/1.json', []],
  ['s3://data/1.json', []],
  ['s3://evil/1.json', ['/requests demands.read']],
])('the document of a batch at %s', (requests, expected) => {
  expect(problemsOf(() => readTransfers({ requests }, RULES))).toEqual(expected);
});

test('rules without a bucket of documents permit none', () => {
  const { documents: _, ...rules } = RULES;
  expect(problemsOf(() => readTransfers({ requests: 's3://undefined/1.json' }, rules))).toEqual([
    '/requests demands.read',
  ]);
});

test.each([
  ['s3://out/plans/', []],
  ['s3://temp/plans/', ['/temporary_request_payload_path demands.write']],
  ['s3://evil/plans/', ['/temporary_request_payload_path demands.write']],
])('the folder of a plan at %s', (temporary_request_payload_path, expected) => {
  expect(problemsOf(() => readTransferToPlan(transfer({ temporary_request_payload_path }), RULES))).toEqual(
    expected,
  );
});
