/** Characters for property tests. */
import fc from 'fast-check';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;
const LAST = 0x10ffff;

/**
 * Draws any character but half of a surrogate pair, for `fc.string({ unit })`.
 *
 * fast-check's own unit `binary` draws the same characters. It lists them all first, which takes longer than most tests.
 */
export const anyCharacter = fc
  .integer({ min: 0, max: LAST - SURROGATES })
  .map((code) => String.fromCodePoint(code < FIRST_SURROGATE ? code : code + SURROGATES));
