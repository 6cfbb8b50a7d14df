import { inputSizeProblems } from '../../src/demand/size';

test('a demand of 262,144 bytes is accepted', () => {
  expect(inputSizeProblems('x'.repeat(262_144))).toEqual([]);
});

test('a demand of one more byte is refused', () => {
  expect(inputSizeProblems('x'.repeat(262_145))).toMatchObject([
    { pointer: '', message: 'the demand has 262145 bytes, and Step Functions accepts 262144' },
  ]);
});

test('the size is in bytes of UTF-8, not in characters', () => {
  expect(inputSizeProblems('é'.repeat(131_072))).toEqual([]);
  expect(inputSizeProblems('é'.repeat(131_073))).toHaveLength(1);
});
