import fc from 'fast-check';
import { filledLength, fillReferences, referencesIn } from '../../src/demand/references';
import { runs } from './arbitraries';

test('the names are in capitals, each once, in the order of appearance', () => {
  expect(referencesIn('${b} ${A}${B} ${a_1}')).toEqual(['B', 'A', 'A_1']);
});

test.each(['$A', '${}', '${1A}', '${A-B}', '${A:-x}', '$ {A}', '${A', '${é}', '$(A)', '${ A }'])(
  '%s is no reference',
  (text) => {
    expect(referencesIn(text)).toEqual([]);
    expect(fillReferences(text, () => 'filled')).toBe(text);
  },
);

test('an unknown reference stays, and a filled-in value is not searched for references', () => {
  const values: Record<string, string> = { A: '${B}', B: 'b' };
  expect(fillReferences('${a} ${B} ${c}', (name) => values[name])).toBe('${B} b ${c}');
});

test('a value with the patterns of replace(), such as $&, is filled in literally', () => {
  expect(fillReferences('<${A}>', () => "$& $1 $$ $' $`")).toBe("<$& $1 $$ $' $`>");
});

test('the computed length is the length of the filled-in text', () => {
  const piece = fc.constantFrom('${A}', '${b}', '${nope}', '$', '{A}', 'é\u{1F600}', '\n');
  const isRight = fc.property(fc.array(piece), fc.string(), fc.string(), (pieces, a, b) => {
    const lookUp = (name: string) => ({ A: a, B: b })[name];
    const text = pieces.join('');
    expect(filledLength(text, lookUp)).toBe(fillReferences(text, lookUp).length);
  });
  fc.assert(isRight, runs(300));
});
