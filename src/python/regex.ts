/**
 * Python's regular expressions, said in JavaScript's `u` syntax.
 *
 * Filters were written for Python's `re`. The two agree on most; where they differ (`.`, `$`, `\w`,
 * `(?P<name>`, what may be escaped) the pattern is rewritten, and where JavaScript has no words for it
 * (possessive quantifiers, conditionals, verbose mode) it is refused rather than read as something else.
 */

/** The pattern was refused; the message says why, after "it". */
class UntranslatablePattern extends Error {
  override readonly name = 'UntranslatablePattern';
}

const START = '(?<![^])';
const END = '(?![^])';
const LEADING_FLAGS = /^(?:\(\?[aimsuLx]+\))+/;
const NAMED_GROUP = /^\(\?P<([^>)]*)>/;
const NAMED_REFERENCE = /^\(\?P=([^)]*)\)/;
const COMMENT = /^\(\?#[^)]*\)/;
const PLAIN_GROUP = /^\((?:\?(?:[:=!]|<[=!]))?/;
const QUANTIFIER = /^(?:[*+?]|\{(\d*)(,?)(\d*)\})/;
const HEX_ESCAPE = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;
const OCTAL_ESCAPE = /^\\(0[0-7]{0,2}|[0-3][0-7]{2})/;
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;

/** What `str.isspace` holds for; JavaScript's `\s` differs at both ends. */
const UNICODE_SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const CONTROLS: Readonly<Record<string, number>> = { a: 7, t: 9, n: 10, v: 11, f: 12, r: 13 };

interface Dialect {
  readonly dotAll: boolean;
  readonly multiline: boolean;
  /** The insides of a class for `\d`, `\w` and `\s`. */
  readonly classes: Readonly<Record<string, string>>;
}

interface Piece {
  /** How much of the pattern it stands for. */
  readonly length: number;
  readonly source: string;
}

/** Which of Python's functions a pattern is for: `re.fullmatch`, or `re.match`. */
export type Matching = 'whole' | 'beginning';

/**
 * A JavaScript expression that matches exactly the texts that Python's `re.fullmatch`, or `re.match`, would.
 *
 * @throws UntranslatablePattern, or SyntaxError for what neither language accepts
 */
export function compilePythonRegex(pattern: string, matching: Matching = 'whole'): RegExp {
  const [flags = ''] = LEADING_FLAGS.exec(pattern) ?? [];
  if (flags.includes('x')) throw new UntranslatablePattern('uses verbose mode, (?x)');
  if (flags.includes('L')) throw new UntranslatablePattern('uses the locale, (?L)');
  const body = translate(pattern.slice(flags.length), dialectOf(flags));
  const javaScriptFlags = flags.includes('i') ? 'iu' : 'u';
  // On its own first: what surrounds it could make up for a missing parenthesis.
  new RegExp(body, javaScriptFlags);
  return new RegExp(`${START}(?:${body})${matching === 'whole' ? END : ''}`, javaScriptFlags);
}

function dialectOf(flags: string): Dialect {
  const classes = flags.includes('a')
    ? { d: '0-9', w: '0-9A-Za-z_', s: '\\t-\\r\\x20' }
    : { d: '\\p{Nd}', w: '\\p{L}\\p{N}_', s: UNICODE_SPACE };
  return { dotAll: flags.includes('s'), multiline: flags.includes('m'), classes };
}

function translate(pattern: string, dialect: Dialect): string {
  let source = '';
  for (let at = 0; at < pattern.length; ) {
    const piece = translatePiece(pattern.slice(at), dialect);
    source += piece.source;
    at += piece.length;
  }
  return source;
}

function translatePiece(rest: string, dialect: Dialect): Piece {
  switch (rest[0]) {
    case '\\':
      return translateEscape(rest, dialect);
    case '[':
      return translateClass(rest, dialect);
    case '(':
      return translateGroup(rest);
    case '|':
    case ')':
      return { length: 1, source: rest[0] };
    case '.':
      return { length: 1, source: dialect.dotAll ? '[^]' : '[^\\n]' };
    case '^':
      return { length: 1, source: dialect.multiline ? '(?<![^\\n])' : START };
    case '$':
      return { length: 1, source: dialect.multiline ? '(?![^\\n])' : `(?=\\n?${END})` };
    default:
      return translateQuantifier(rest) ?? translateLiteral(rest);
  }
}

function translateQuantifier(rest: string): Piece | undefined {
  const [quantifier, from, comma, to] = QUANTIFIER.exec(rest) ?? [];
  // Python takes braces that are no quantifier as they stand.
  if (quantifier === undefined || quantifier === '{}' || (comma === '' && from === '')) return undefined;
  if (rest[quantifier.length] === '+') throw new UntranslatablePattern('has a possessive quantifier');
  const source = from === undefined ? quantifier : `{${from === '' ? '0' : from}${comma}${to}}`;
  return { length: quantifier.length, source };
}

function translateGroup(rest: string): Piece {
  const [comment] = COMMENT.exec(rest) ?? [];
  if (comment !== undefined) return { length: comment.length, source: '' };
  const [reference, referred] = NAMED_REFERENCE.exec(rest) ?? [];
  if (reference !== undefined) return { length: reference.length, source: `\\k<${referred}>` };
  const [named, name] = NAMED_GROUP.exec(rest) ?? [];
  if (named !== undefined) return { length: named.length, source: `(?<${name}>` };
  const [plain = '('] = PLAIN_GROUP.exec(rest) ?? [];
  if (rest[plain.length] === '?' && plain === '(')
    throw new UntranslatablePattern(`has "${rest.slice(0, 4)}", which JavaScript has no equivalent of`);
  return { length: plain.length, source: plain };
}

function translateEscape(rest: string, dialect: Dialect): Piece {
  const letter = rest[1] ?? '';
  const shorthand = translateShorthand(letter, dialect);
  if (shorthand !== undefined) return { length: 2, source: `[${shorthand}]` };
  const { w } = dialect.classes;
  switch (letter) {
    case 'A':
      return { length: 2, source: START };
    case 'Z':
      return { length: 2, source: END };
    case 'b':
      return { length: 2, source: `(?:(?<=[${w}])(?![${w}])|(?<![${w}])(?=[${w}]))` };
    case 'B':
      return { length: 2, source: `(?:(?<=[${w}])(?=[${w}])|(?<![${w}])(?![${w}]))` };
  }
  const [reference] = /^\\[1-9]\d?/.exec(rest) ?? [];
  const isReference = reference !== undefined && !OCTAL_ESCAPE.test(rest);
  // A group, so that a digit that follows does not join the number.
  if (isReference) return { length: reference.length, source: `(?:${reference})` };
  return translateCharacter(rest);
}

/** The insides of a class for `\d`, `\D` and their like. */
function translateShorthand(letter: string, { classes }: Dialect): string | undefined {
  const inside = classes[letter.toLowerCase()];
  if (inside === undefined || letter === letter.toLowerCase()) return inside;
  return `^${inside}`;
}

/** A class is the union of its members and of the complements in it, which no class can hold. */
function translateClass(rest: string, dialect: Dialect): Piece {
  const negated = rest[1] === '^';
  const start = negated ? 2 : 1;
  const complements: string[] = [];
  let members = '';
  let at = start;
  while (at < rest.length && (rest[at] !== ']' || at === start)) {
    const shorthand = rest[at] === '\\' ? translateShorthand(rest[at + 1] ?? '', dialect) : undefined;
    const member =
      shorthand === undefined ? translateMember(rest.slice(at)) : { length: 2, source: shorthand };
    if (member.source.startsWith('^')) complements.push(`[${member.source}]`);
    else members += member.source;
    at += member.length;
  }
  if (at >= rest.length) throw new UntranslatablePattern('has a "[" without its "]"');
  return { length: at + 1, source: joinClass(members, complements, negated) };
}

function joinClass(members: string, complements: readonly string[], negated: boolean): string {
  if (complements.length === 0) return `[${negated ? '^' : ''}${members}]`;
  const union = [...(members === '' ? [] : [`[${members}]`]), ...complements].join('|');
  return negated ? `(?:(?!${union})[^])` : `(?:${union})`;
}

function translateMember(rest: string): Piece {
  if (rest[0] === '-') return { length: 1, source: '-' };
  if (rest[0] !== '\\') return translateLiteral(rest);
  return rest[1] === 'b' ? { length: 2, source: codePoint(8) } : translateCharacter(rest);
}

/** An escape that stands for one character. */
function translateCharacter(rest: string): Piece {
  const letter = rest[1] ?? '';
  const control = CONTROLS[letter];
  if (control !== undefined) return { length: 2, source: codePoint(control) };
  const [hex, two, four, eight] = HEX_ESCAPE.exec(rest) ?? [];
  if (hex !== undefined)
    return { length: hex.length, source: codePoint(Number.parseInt(two ?? four ?? eight ?? '', 16)) };
  const [octal, digits = ''] = OCTAL_ESCAPE.exec(rest) ?? [];
  if (octal !== undefined) return { length: octal.length, source: codePoint(Number.parseInt(digits, 8)) };
  if (/^[A-Za-z0-9]?$/.test(letter)) throw new UntranslatablePattern(`has a bad escape, "\\${letter}"`);
  if (letter === '-') return { length: 2, source: codePoint(0x2d) };
  const literal = translateLiteral(rest.slice(1));
  return { length: literal.length + 1, source: literal.source };
}

function translateLiteral(rest: string): Piece {
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  return { length: character.length, source: SYNTAX.test(character) ? `\\${character}` : character };
}

function codePoint(value: number): string {
  return `\\u{${value.toString(16)}}`;
}
