import { inputSizeProblems } from '../../src/demand/size';

/** Returns a document with so many bytes as JSON. */
const documentOf = (bytes: number, unit = 'x') => ({ a: unit.repeat((bytes - 8) / Buffer.byteLength(unit)) });

test('a demand of 262,144 bytes is accepted', () => {
  expect(inputSizeProblems(documentOf(262_144))).toEqual([]);
});

test('a demand of one more byte is refused', () => {
  expect(inputSizeProblems(documentOf(262_145))).toMatchObject([
    { pointer: '', message: 'the demand has 262145 bytes, and Step Functions accepts 262144' },
  ]);
});

test('the size is in bytes of UTF-8, not in characters', () => {
  expect(inputSizeProblems(documentOf(262_144, 'é'))).toEqual([]);
  expect(inputSizeProblems(documentOf(262_146, 'é'))).toHaveLength(1);
});

test('a demand with too many levels is refused, also when JSON cannot be written with so many', () => {
  for (const levels of [501, 100_000])
    expect(inputSizeProblems(JSON.parse('['.repeat(levels) + ']'.repeat(levels)))).toMatchObject([
      { pointer: '', message: 'lists and objects are nested more than 500 deep' },
    ]);
});

test('a document that JSON does not have is no large document', () => {
  expect(inputSizeProblems(undefined)).toEqual([]);
});
