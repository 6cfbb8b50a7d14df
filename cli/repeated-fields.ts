/** Finds fields that an object of a JSON text has twice. `JSON.parse` keeps the last of them and says nothing. */
import { createScanner } from 'jsonc-parser';
import type { Problem } from '../src/errors';
import { pointerOf } from '../src/wire/json';

/** Problems of one text. The author mends these first. */
const MOST = 20;

/** A list or an object around a token. */
interface Around {
  /** The places of the fields so far, by name; undefined for a list. */
  readonly places?: Map<string, string>;
  /** The name of the last field, or the index of the item. */
  at: string | number;
}

/**
 * Returns a problem for each field that is there again in the same object, at most 20.
 *
 * @param text valid JSON. It may have any number of levels: no recursion reads them.
 */
export function repeatedFields(text: string): Problem[] {
  const scanner = createScanner(text, true);
  const around: Around[] = [];
  const problems: Problem[] = [];
  let before: string | undefined;
  while (problems.length < MOST) {
    scanner.scan();
    const token = text[scanner.getTokenOffset()];
    if (token === undefined) break;
    const inside = around.at(-1);
    if (token === '"' && inside?.places !== undefined && before !== ':') {
      inside.at = scanner.getTokenValue();
      const place = `line ${scanner.getTokenStartLine() + 1}, column ${scanner.getTokenStartCharacter() + 1}`;
      const earlier = inside.places.get(inside.at);
      if (earlier !== undefined) problems.push(repeated(around, earlier, place));
      inside.places.set(inside.at, place);
    } else if (token === '{') around.push({ places: new Map(), at: '' });
    else if (token === '[') around.push({ at: 0 });
    else if (token === '}' || token === ']') around.pop();
    else if (token === ',' && typeof inside?.at === 'number') inside.at += 1;
    before = token;
  }
  return problems;
}

function repeated(around: readonly Around[], earlier: string, place: string): Problem {
  return {
    pointer: around.map(({ at }) => pointerOf(at)).join(''),
    message: `this field is there twice: in ${earlier}, and in ${place}`,
    remedy: 'Remove one of the two. A reader of JSON keeps only the last',
  };
}
