import fc from 'fast-check';
import { fittingName } from '../../../local/world/file-name';
import { anyCharacter } from '../../characters';
import { runs } from '../../demand/arbitraries';

test('a name that fits stays as it is, with its ending', () => {
  expect(fittingName('run-1')).toBe('run-1');
  expect(fittingName('run-1', '.attempt-2')).toBe('run-1.attempt-2');
  expect(fittingName('x'.repeat(255))).toBe('x'.repeat(255));
});

test('a name that is too long keeps its beginning, and a hash tells it from others', () => {
  const [one, other] = ['a', 'b'].map((last) => fittingName(`${'é'.repeat(127)}${last}`, '.attempt-1'));
  expect(one).toMatch(/^é{114}-[0-9a-f]{16}\.attempt-1$/);
  expect(other).not.toBe(one);
});

test('a name has 255 bytes at most, and every character of it is whole', () => {
  const name = fc.string({ unit: anyCharacter, minLength: 60, maxLength: 300 });
  fc.assert(
    fc.property(name, (given) => {
      const fitting = fittingName(given, '.attempt-10');
      expect(Buffer.byteLength(fitting)).toBeLessThanOrEqual(255);
      expect(Buffer.from(fitting).toString()).toBe(fitting);
      expect(fitting.endsWith('.attempt-10')).toBe(true);
    }),
    runs(300),
  );
});
