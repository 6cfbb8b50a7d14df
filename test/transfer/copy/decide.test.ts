import { type Comparison, decide, type Verdict } from '../../../src/transfer/copy/decide';
import type { StoredFile } from '../../../src/transfer/store';
import { withoutEmpty } from '../../../src/wire/json';

const NO: Comparison = { force: false, sizeOnly: false, retainSourceData: true };
const file = (size: number, checksum?: string): StoredFile => ({
  key: 'a',
  size,
  ...withoutEmpty({ checksum }),
});

test.each<[StoredFile, StoredFile | undefined, Comparison, Verdict]>([
  [file(1, 'x'), file(1, 'x'), { ...NO, force: true, sizeOnly: true }, { copy: true, because: 'forced' }],
  [file(1), undefined, NO, { copy: true, because: 'missing' }],
  [
    file(1),
    { ...file(1), unsafe: 'is a pipe' },
    { ...NO, sizeOnly: true },
    { copy: true, because: 'missing' },
  ],
  [file(1), file(2), { ...NO, sizeOnly: true }, { copy: true, because: 'other-size' }],
  [file(1, 'x'), file(1, 'y'), { ...NO, sizeOnly: true }, { copy: false, because: 'same-size' }],
  [
    file(1, 'x'),
    file(1, 'y'),
    { ...NO, sizeOnly: true, retainSourceData: false },
    { copy: true, because: 'other-checksum' },
  ],
  [file(1), file(1), NO, { copy: true, because: 'no-checksum' }],
  [file(1, 'x'), file(1), NO, { copy: true, because: 'no-checksum' }],
  [file(1, 'x'), file(1, 'y'), NO, { copy: true, because: 'other-checksum' }],
  [file(1, 'x'), file(1, 'x'), NO, { copy: false, because: 'same-checksum' }],
])('the file %j over %j with %j: %j', (source, destination, options, verdict) => {
  expect(decide(source, destination, options)).toEqual(verdict);
});
