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
  expect(compilePythonRegex(pattern, 'beginning').test(text)).toBe(isMatch);
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
  ])('%j', (pattern, message) => {
    expect(() => compilePythonRegex(pattern)).toThrow(
      expect.objectContaining({ name: 'UntranslatablePattern', message: expect.stringContaining(message) }),
    );
  });
});

test.each(['(', ')', 'a)(b', '*', 'a**', '\\1', '[\\d-z]', '(?P<1>a)', '[z-a]'])(
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
    expect(compilePythonRegex(escaped(given), 'beginning').test(`${given}x`)).toBe(true);
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
      expect(compilePythonRegex(given, matching)).toBeInstanceOf(RegExp);
    } catch (error) {
      expect(['UntranslatablePattern', 'SyntaxError']).toContain((error as Error).name);
    }
  });
  fc.assert(property, runs(2_000));
});
