import fc from 'fast-check';
import { childrenOf, numberOf, openXml, textOf, type Xml } from '../../../src/adapters/s3/s3-xml';

const xmlOf = (text: string) => openXml(Buffer.from(text)) as Xml;
const whole = (xml: Xml) => ({ start: 0, end: xml.text.length });
const escapeXml = (text: string) =>
  text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`).replaceAll('é', '&#xe9;');

test.each(['<a><![CDATA[b]]></a>', '<a><!-- b --></a>'])('%s is left to another parser', (text) => {
  expect(openXml(Buffer.from(text))).toBeUndefined();
});

test('the elements of a name are visited in order', () => {
  const xml = xmlOf('<r><c><k>1</k></c><d><k>x</k></d><c></c><c><k>2</k></c></r>');
  expect(childrenOf(xml, 'c', (inside) => textOf(xml, 'k', inside))).toEqual(['1', undefined, '2']);
  expect(childrenOf(xml, 'e', () => 1)).toEqual([]);
});

test('an element that does not end is an error', () => {
  expect(() => childrenOf(xmlOf('<r><c><k>1</k>'), 'c', () => 1)).toThrow('A listing ends within <c>');
});

test('any text is read as it was escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const xml = xmlOf(`<r><k>${escapeXml(text)}</k></r>`);
      expect(textOf(xml, 'k', whole(xml))).toBe(text);
    }),
  );
});

test.each([
  ['&amp;&lt;&gt;&quot;&apos;', '&<>"\''],
  ['&#233;&#xE9;&#x1F600;', 'éé\u{1F600}'],
  ['&amp;amp;', '&amp;'],
  ['&unknown; &', '&unknown; &'],
  ['&#x110000;', '&#x110000;'],
])('the entities of %s', (text, expected) => {
  const xml = xmlOf(`<k>${text}</k>`);
  expect(textOf(xml, 'k', whole(xml))).toBe(expected);
});

test('numbers are read, and a missing number is 0', () => {
  const xml = xmlOf('<r><c><s>5497558138880</s></c><c></c></r>');
  expect(childrenOf(xml, 'c', (inside) => numberOf(xml, 's', inside))).toEqual([5_497_558_138_880, 0]);
});

test('an element outside of the span is not found', () => {
  const xml = xmlOf('<r><k>1</k></r>');
  expect(textOf(xml, 'k', { start: 5, end: xml.text.length })).toBeUndefined();
  expect(textOf(xml, 'k', { start: 0, end: 3 })).toBeUndefined();
  expect(numberOf(xml, 'k', { start: 0, end: 3 })).toBe(0);
});
