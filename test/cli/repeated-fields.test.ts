import { repeatedFields } from '../../cli/repeated-fields';

test.each([
  '{}',
  '[]',
  '"a"',
  ' 1 ',
  'null',
  '{"a": {"a": "a"}, "b": ["a", "a", {"a": 1}, {"a": 1}], "A": ":"}',
])('%s has no field twice', (text) => {
  expect(repeatedFields(text)).toEqual([]);
});

test('a field that is there twice has its pointer and both places', () => {
  const text = `{
  "execution_id": "one",
  "execution_parameters": { "params": [1, { "a/b": [",", {}] }, { "x": 1, "x": { "y": 1 } }] },
  "execution_id": "two"
}`;
  expect(repeatedFields(text)).toEqual([
    {
      pointer: '/execution_parameters/params/2/x',
      message: 'this field is there twice: in line 3, column 67, and in line 3, column 75',
      remedy: expect.stringContaining('Remove one'),
    },
    expect.objectContaining({
      pointer: '/execution_id',
      message: 'this field is there twice: in line 2, column 3, and in line 4, column 3',
    }),
  ]);
});

test.each([
  ['in other escapes', '{"a": 1, "\\u0061": 2}', '/a'],
  ['with the name of a property of objects', '{"__proto__": 1, "__proto__": 2}', '/__proto__'],
  ['that is empty', '{"": 1, "": 2}', '/'],
  ['in a field that is replaced', '{"a": {"b": 1, "b": 2}, "c": 1}', '/a/b'],
])('a name %s counts', (_, text, pointer) => {
  expect(repeatedFields(text)).toMatchObject([{ pointer }]);
});

test('any number of levels and of fields is read, and 20 problems are told', () => {
  const deep = `${'[{"a":'.repeat(500_000)}1${'}]'.repeat(500_000)}`;
  expect(repeatedFields(deep)).toEqual([]);
  expect(repeatedFields(`{${Array(100_000).fill('"a":1').join()}}`)).toHaveLength(20);
});
