import fc from 'fast-check';
import { visible, visibleJson, visibleLines, visibleOutputLine } from '../src/visible';
import { runs } from './demand/arbitraries';

const ESC = '\u001b';

test.each([
  ['clears the screen', `a${ESC}[2Jb`, 'a\\x1b[2Jb'],
  ['sets the title of the terminal', `${ESC}]0;title\u0007`, '\\x1b]0;title\\x07'],
  ['writes to the clipboard (OSC 52)', `${ESC}]52;c;cm0=${ESC}\\`, '\\x1b]52;c;cm0=\\x1b\\'],
  ['makes a link (OSC 8)', `${ESC}]8;;http://x${ESC}\\y`, '\\x1b]8;;http://x\\x1b\\y'],
  ['begins a sequence with one C1 character', '\u009b31mred', '\\x9b31mred'],
  ['prints over the beginning of the line', 'FAILED\rok', 'FAILED\\rok'],
  ['prints over the last character', 'no\b\byes', 'no\\x08\\x08yes'],
  ['begins another line', 'a\ndemand b succeeded', 'a\\ndemand b succeeded'],
  [
    'ends a line for some readers',
    'a\u2028b\u2029c\u0085d\u000bd\u000c',
    'a\\u2028b\\u2029c\\x85d\\x0bd\\x0c',
  ],
  ['changes the direction of writing', '\u202egpj.exe\u2066x\u2069', '\\u202egpj.exe\\u2066x\\u2069'],
  ['has no width', 'a\u200bb\u00ad\ufeff\u3164\u034f', 'a\\u200bb\\xad\\ufeff\\u3164\\u034f'],
  ['is a tag character', 'a\u{e0041}', 'a\\u{e0041}'],
  ['is half of a pair', 'a\ud83d', 'a\\ud83d'],
  ['is a tab or a NUL', 'a\tb\0c', 'a\\tb\\x00c'],
])('a text that %s shows it', (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test.each(['plain', 'C:\\temp\\x', 'naïve 日本語 🙂 עברית', '* ? [ ] " \''])(
  'the text %j stays as it is',
  (text) => {
    expect(visible(text)).toBe(text);
  },
);

test('the lines of a message after the first have an indent', () => {
  expect(visibleLines(`a\ndemand b succeeded\r\n${ESC}[1A`)).toEqual([
    'a',
    '  demand b succeeded\\r',
    '  \\x1b[1A',
  ]);
});

describe('a line of a job', () => {
  test('keeps its tabs, and shows its colours as escapes', () => {
    expect(visibleOutputLine(`a\tb${ESC}[31mred\r`)).toBe('a\tb\\x1b[31mred\\r');
  });

  test('keeps its colours when asked for, which end with it; nothing else stays', () => {
    expect(
      visibleOutputLine(`${ESC}[1;31mred${ESC}[2J${ESC}[38:5:9m${ESC}]0;x\u0007`, { colours: true }),
    ).toBe(`${ESC}[1;31mred\\x1b[2J${ESC}[38:5:9m\\x1b]0;x\\x07${ESC}[0m`);
    expect(visibleOutputLine('a\tplain line', { colours: true })).toBe('a\tplain line');
  });
});

const anything = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});

test('no text leaves a character that a terminal obeys', () => {
  const obeyed =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: These are the characters that must not be printed.
    /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udfff]/u;
  fc.assert(
    fc.property(anything, (text) => {
      expect(visible(text)).not.toMatch(obeyed);
      expect(visibleOutputLine(text).replaceAll('\t', '')).not.toMatch(obeyed);
      expect(visibleJson({ text })).not.toMatch(obeyed);
    }),
    runs(1_000),
  );
});

test('JSON with escapes is the same document', () => {
  fc.assert(
    fc.property(fc.dictionary(anything, anything), (document) => {
      expect(JSON.parse(visibleJson(document))).toEqual(JSON.parse(JSON.stringify(document)));
    }),
    runs(500),
  );
  expect(visibleJson({ id: '\u202e\u009b\u{e0041}\u007f' })).toBe(
    '{"id":"\\u202e\\u009b\\udb40\\udc41\\u007f"}',
  );
});
