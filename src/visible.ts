/**
 * Shows the characters that a reader does not see, or that a terminal obeys: escape sequences, line breaks, controls of
 * the writing direction, zero-width characters, halves of surrogate pairs. A text from outside could use them to forge a
 * line, to hide one, or to change the terminal.
 *
 * The libraries for this remove escape sequences (strip-ansi, node's `stripVTControlCharacters`), and `util.inspect`
 * leaves the controls of the writing direction. The classes of Unicode are in the regular expressions of the engine, so
 * one expression is the whole rule.
 */

/** Controls (C0, DEL, C1), formats, halves of pairs, private and unassigned characters, U+2028, U+2029, and all other characters without a width. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Select Graphic Rendition: colours, bold and the like. https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ */
// biome-ignore lint/suspicious/noControlCharactersInRegex: The sequence begins with the control character ESC.
export const COLOUR = /(\u001b\[[0-9;:]*m)/;
const NO_COLOUR = '\u001b[0m';
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export interface LineOptions {
  /** Whether colours of the line stay, default false. */
  readonly colours?: boolean;
}

/** Returns the text on one line, with an escape such as `\x1b`, `\n` or `\u202e` for each hidden character. */
export function visible(text: string): string {
  return text.replace(HIDDEN, escapeOf);
}

/** Returns the lines of a text, each {@link visible}. The lines after the first have an indent, so that no line looks like ours. */
export function visibleLines(text: string, indent = '  '): string[] {
  return text.split('\n').map((line, index) => `${index === 0 ? '' : indent}${visible(line)}`);
}

/**
 * Returns a line of a job's or a program's output, {@link visible}, with its tabs: tables have them, and a tab only moves
 * to the right. Colours that stay end with the line.
 */
export function visibleOutputLine(line: string, { colours = false }: LineOptions = {}): string {
  const shown = (text: string) => text.split('\t').map(visible).join('\t');
  if (!colours) return shown(line);
  const parts = line.split(COLOUR);
  const told = parts.map((part, index) => (index % 2 === 1 ? part : shown(part))).join('');
  return parts.length > 1 ? `${told}${NO_COLOUR}` : told;
}

/** Returns the document as JSON. Each hidden character is an escape of JSON, so the document that is read is the same. */
export function visibleJson(document: object): string {
  return JSON.stringify(document).replace(HIDDEN, (character) =>
    Array.from({ length: character.length }, (_, index) => unitEscape(character.charCodeAt(index))).join(''),
  );
}

function escapeOf(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? unitEscape(code) : `\\u{${code.toString(16)}}`;
}

function unitEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
