import { type Comparison, decide, type Verdict } from '../../../src/transfer/copy/decide';
import type { StoredFile } from '../../../src/transfer/store';
import { withoutEmpty } from '../../../src/wire/json';

const NO: Comparison = { force: false, sizeOnly: false, retainSourceData: true };
const file = (size: number, checksum?: string): StoredFile => ({
  key: 'a',
  size,
  ...withoutEmpty({ checksum }),
});

test.each<[string, StoredFile, StoredFile | undefined, Comparison, Verdict]>([
  [
    'force copies an equal file',
    file(1, 'x'),
    file(1, 'x'),
    { ...NO, force: true, sizeOnly: true },
    { copy: true, because: 'forced' },
  ],
  ['a missing file is copied', file(1), undefined, NO, { copy: true, because: 'missing' }],
  [
    'a file over a special file is copied, as if it were missing',
    file(1),
    { ...file(1), unsafe: 'is a pipe' },
    { ...NO, sizeOnly: true },
    { copy: true, because: 'missing' },
  ],
  [
    'another size is copied',
    file(1),
    file(2),
    { ...NO, sizeOnly: true },
    { copy: true, because: 'other-size' },
  ],
  [
    'a file over a link is copied, also with the same content: the target may change later',
    file(1, 'x'),
    { ...file(1, 'x'), isLink: true },
    NO,
    { copy: true, because: 'missing' },
  ],
  [
    'with size_only, a link of the same size is not copied over',
    file(1, 'x'),
    { ...file(1, 'x'), isLink: true },
    { ...NO, sizeOnly: true },
    { copy: false, because: 'same-size' },
  ],
  [
    'with size_only, the same size is not copied',
    file(1, 'x'),
    file(1, 'y'),
    { ...NO, sizeOnly: true },
    { copy: false, because: 'same-size' },
  ],
  [
    'with size_only and a source that is removed, another checksum is copied',
    file(1, 'x'),
    file(1, 'y'),
    { ...NO, sizeOnly: true, retainSourceData: false },
    { copy: true, because: 'other-checksum' },
  ],
  ['files without checksums are copied', file(1), file(1), NO, { copy: true, because: 'no-checksum' }],
  [
    'a file over a file without a checksum is copied',
    file(1, 'x'),
    file(1),
    NO,
    { copy: true, because: 'no-checksum' },
  ],
  ['another checksum is copied', file(1, 'x'), file(1, 'y'), NO, { copy: true, because: 'other-checksum' }],
  [
    'the same checksum is not copied',
    file(1, 'x'),
    file(1, 'x'),
    NO,
    { copy: false, because: 'same-checksum' },
  ],
])('%s', (_, source, destination, options, verdict) => {
  expect(decide(source, destination, options)).toEqual(verdict);
});
