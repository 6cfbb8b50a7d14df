import fc from 'fast-check';
import { compilePythonRegex } from '../../src/python/regex';
import { anyCharacter } from '../characters';
import { runs } from '../demand/arbitraries';

// The verdicts are those of CPython 3.11.
test.each([
  ['a', 'ab', false],
  ['a|b', 'ab', false],
  ['(?P<n>a)(?P=n)', 'aa', true],
  ['(?P<n>a)(?P=n)', 'ab', false],
  ['(?P<n>a)\\1', 'aa', true],
  ['(a)\\1+', 'aaaa', true],
  ['\\Aa\\Z', 'a', true],
  ['a\\Z', 'a\n', false],
  ['(?i)A', 'a', true],
  ['(?i)(?s)A.', 'a\n', true],
  ['a.b', 'a\nb', false],
  ['a.b', 'a\u2028b', true],
  ['(?s)a.b', 'a\nb', true],
  ['a$\\n', 'a\n', true],
  ['(?m)a$\\n^b', 'a\nb', true],
  ['a{2}', 'aa', true],
  ['a{,2}', '', true],
  ['a{,}', 'aaa', true],
  ['a{x}', 'a{x}', true],
  ['a{', 'a{', true],
  ['a{}', 'a{}', true],
  ['}', '}', true],
  [']', ']', true],
  ['[]a]+', ']a', true],
  ['[^]a]', 'b', true],
  ['[a^]', '^', true],
  ['[\\b]', '\b', true],
  ['[\\w-]+', 'a-b', true],
  ['[\\s\\S]+', 'a\n', true],
  ['[^\\W]', 'é', true],
  ['[^\\W\\d]', '5', false],
  ['[^\\W\\d]', 'x', true],
  ['[\\Wx]', 'x', true],
  ['[\\Wx]', '-', true],
  ['[\\Wx]', 'y', false],
  ['[^\\D\\s]', '5', true],
  ['\\w\\d', 'é\u0663', true],
  ['(?a)\\w', 'é', false],
  ['\\s', '\ufeff', false],
  ['\\s', '\x1c', true],
  ['\\s', '\x85', true],
  ['é\\b-', 'é-', true],
  ['a\\Bb', 'ab', true],
  ['\\_\\-\\/\\ ', '_-/ ', true],
  ['\\x41\\u0042\\103', 'ABC', true],
  ['\\0', '\0', true],
  ['a(?#why)b', 'ab', true],
  ['.', '\u{1F600}', true],
  ['[\\U0001F600]', '\u{1F600}', true],
  // V8 looks for the beginning of a text also between the two halves of a character.
  ['', '\u{1F600}', false],
  ['a|', '\u{1F600}', false],
  ['(?:[^/]+/)*x', 'a/b/x', true],
  ['(?:[^/]+/)*x', 'a/b/y', false],
  ['(?:a|b)+$\\n', 'ab\n', true],
  ['(?:\\bab?\\b-?)+', 'ab-a', true],
  ['(?!.*tmp)(?:.*/)*.*', 'a/b/tmp', false],
  ['(?:(?<=a)b|a)*', 'abaab', true],
  ['(?i)(?:a|É)+', 'Aé', true],
])('re.fullmatch of %j on %j is %s', (pattern, text, isMatch) => {
  expect(compilePythonRegex(pattern).test(text)).toBe(isMatch);
});

test.each([
  ['a', 'ab', true],
  ['a|b', 'ba', true],
  ['b', 'ab', false],
  ['a$', 'a\n', true],
  ['a\\Z', 'a\n', false],
  ['(?m)^b', 'a\nb', false],
  ['', 'x', true],
])('re.match of %j on %j is %s', (pattern, text, isMatch) => {
  expect(compilePythonRegex(pattern, { matching: 'beginning' }).test(text)).toBe(isMatch);
});

describe('a pattern without an equivalent in JavaScript is refused:', () => {
  test.each([
    ['[a', 'has a "[" without its "]"'],
    ['[a-', 'has a "[" without its "]"'],
    ['a++', 'has a possessive quantifier'],
    ['a{2}+', 'has a possessive quantifier'],
    ['(?>a)', 'has "(?>a"'],
    ['(?(1)a|b)', 'has "(?(1"'],
    ['(?<n>a)', 'has "(?<n"'],
    ['(?#x', 'has "(?#x"'],
    ['(?x) a', 'uses verbose mode'],
    ['(?L)a', 'uses the locale'],
    ['\\p{L}', 'has a bad escape, "\\p"'],
    ['\\x4', 'has a bad escape, "\\x"'],
    ['[\\e]', 'has a bad escape, "\\e"'],
    ['\\', 'has a bad escape'],
    ['a(?i)b', 'has "(?i)"'],
    ['(a+)+\\1', 'refers to a group, and has too many ways'],
    ['(a*)b*c*\\1', 'refers to a group, and has too many ways'],
    ['(?:a{50}){50}', 'has more than 2000 characters after its repetitions are written out'],
  ])('%j', (pattern, message) => {
    expect(() => compilePythonRegex(pattern)).toThrow(
      expect.objectContaining({ name: 'UntranslatablePattern', message: expect.stringContaining(message) }),
    );
  });
});

test.each(['(', ')', 'a)(b', '*', 'a**', '\\1', '[\\d-z]', '(?P<1>a)', '[z-a]', '[\\w-z]'])(
  '%j is a syntax error, as in Python',
  (pattern) => {
    expect(() => compilePythonRegex(pattern)).toThrow(SyntaxError);
  },
);

const text = fc.string({ unit: anyCharacter, maxLength: 12 });

test('an escaped text matches itself and no longer text', () => {
  // As re.escape of Python: a backslash before each of the characters with a meaning.
  const escaped = (given: string) => given.replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&');
  const property = fc.property(text, (given) => {
    expect(compilePythonRegex(escaped(given)).test(given)).toBe(true);
    expect(compilePythonRegex(escaped(given)).test(`${given}x`)).toBe(false);
    expect(compilePythonRegex(escaped(given), { matching: 'beginning' }).test(`${given}x`)).toBe(true);
  });
  fc.assert(property, runs(500));
});

test('any text is a pattern, a syntax error or a refusal', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '(?',
      'P<n>',
      '[^',
      ']',
      ')',
      '\\',
      '{2,',
      '}',
      '+',
      '|',
      '(?P=n)',
      '\\W',
      '-',
      '(?#',
      '\\1',
    ),
    text,
  );
  const pattern = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  const property = fc.property(pattern, fc.constantFrom('whole', 'beginning'), (given, matching) => {
    try {
      expect(typeof compilePythonRegex(given, { matching }).test('x')).toBe('boolean');
    } catch (error) {
      expect(['UntranslatablePattern', 'SyntaxError']).toContain((error as Error).name);
    }
  });
  fc.assert(property, runs(2_000));
});

describe('a hostile pattern is refused by name, or matches in bounded time:', () => {
  const isAnswered = (pattern: string): boolean | string => {
    try {
      return compilePythonRegex(pattern).test('a'.repeat(1_024));
    } catch (error) {
      expect(['UntranslatablePattern', 'SyntaxError']).toContain((error as Error).name);
      return (error as Error).message;
    }
  };

  test.each<[string, string, boolean | string]>([
    ['a repeated choice', '(a|a)*c', false],
    ['a repeated repetition', '(?:(?:a*)*)*c', false],
    ['many repetitions', '.*'.repeat(50).concat('c'), false],
    ['many optional letters', 'a?'.repeat(500).concat('a'.repeat(500), 'c'), false],
    ['a repeated group with a condition', '(?:(?!.*c).)*b', false],
    ['ranges in ranges', '(?:(?:a{0,9}){0,9}){0,9}c', false],
    ['no content, a billion times', '(?:){1000000000}a{1024}', true],
    ['a number without an end', `a{${'1'.repeat(9_000)}`, 'has more than 2000 characters'],
    ['letters in a row, in any case', `(?i)${'k'.repeat(9_000)}`, 'has more than 2000 characters'],
    ['repetitions in a row', '[^x]{9}'.repeat(200), false],
    ['a number beyond all numbers', `(?:ab){${'9'.repeat(400)}}`, 'iterations outside JS safe integer range'],
    [
      'groups around each other',
      `${'('.repeat(101)}a${')'.repeat(101)}`,
      'has more than 100 groups around each other',
    ],
    ['open groups', '('.repeat(5_000), 'has more than 100 groups around each other'],
    ['a giant pattern', 'a'.repeat(10_001), 'has more than 10000 characters'],
    ['a giant choice', 'a|'.repeat(4_999).concat('b'), false],
  ])('%s', (_, pattern, answer) => {
    const answered = isAnswered(pattern);
    if (typeof answer === 'string') expect(answered).toContain(answer);
    else expect(answered).toBe(answer);
  });

  test('groups beside each other have no limit of depth', () => {
    expect(compilePythonRegex('(a)'.repeat(500)).test('a'.repeat(500))).toBe(true);
    expect(compilePythonRegex(`${'('.repeat(100)}a${')'.repeat(100)}`).test('a')).toBe(true);
  });
});

test.each([
  ['abc', 1],
  ['.*\\.csv', 1_000],
  ['.*x.*\\.csv(\\.gz)?', 2_000_000],
  ['(?:a|b.*)c{1,3}', 6_000],
  // The automaton has a state for each letter, each choice and each end. Its step has the time of 20 steps of V8.
  ['(?:a|b)*c', 20 * 6 * 1_001],
])('%j needs at most %i steps for a text of a thousand characters', (pattern, steps) => {
  expect(compilePythonRegex(pattern).stepsFor(1_000)).toBe(steps);
});

test.each([
  ['a[b-d]\\s', 0],
  ['\\d[\\D_]', 2],
  ['\\w+', 2],
  ['(?:x|[^\\w]\\W)*', 4],
  ['\\b', 8],
  ['(?a)\\w\\b\\d', 0],
])('%j has %i Unicode properties', (pattern, properties) => {
  expect(compilePythonRegex(pattern).properties).toBe(properties);
});

test('V8 compiles no Unicode property before the first text', () => {
  const made = jest.spyOn(globalThis, 'RegExp');
  const regexes = ['\\w', '(?:\\w|a)*'].map((pattern) => compilePythonRegex(pattern));
  const withProperty = () => made.mock.calls.filter(([source]) => String(source).includes('\\p{L}')).length;
  expect(withProperty()).toBe(0);
  for (const regex of regexes) for (const text of ['\u00e9', 'x']) expect(regex.test(text)).toBe(true);
  expect(withProperty()).toBe(2);
  made.mockRestore();
});

test('V8 matches a pattern only within the given steps', () => {
  const within = compilePythonRegex('.*x.*', { mostSteps: 2_000_000 });
  const beyond = compilePythonRegex('.*x.*', { mostSteps: 1_000 });
  const byV8 = jest.spyOn(RegExp.prototype, 'test');
  within.test('x'.repeat(100));
  expect(byV8).toHaveBeenCalledTimes(1);
  beyond.test('x'.repeat(100));
  expect(byV8.mock.calls.length).toBeGreaterThan(100);
  byV8.mockRestore();
});
