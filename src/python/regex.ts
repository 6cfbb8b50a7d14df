/**
 * Matches Python's regular expressions, which are translated into JavaScript's `u` syntax.
 *
 * Users write filters for Python's `re`. The two languages agree on most patterns. Where they differ (`.`, `$`, `\w`,
 * `(?P<name>`, the escapes), the pattern is rewritten. Where JavaScript has no equivalent (possessive quantifiers,
 * conditionals, verbose mode), the pattern is refused: JavaScript would read it as another pattern.
 *
 * Source: https://docs.python.org/3/library/re.html#regular-expression-syntax
 */
import { LinearRegex, type Node, PatternTooLarge, parseRegex } from './linear-regex';
import { costOf, hasReference, isCompiledFast, propertiesIn, stepsFor } from './regex-cost';

/** The pattern is refused. The message is the reason, a verb phrase such as `uses verbose mode, (?x)`. */
class UntranslatablePattern extends Error {
  override readonly name = 'UntranslatablePattern';
}

/** The flag `m` is never set, so these are the places before and after the whole text. */
const START = '^';
const END = '$';
const LEADING_FLAGS = /^(?:\(\?[aimsuLx]+\))+/;
const NAMED_GROUP = /^\(\?P<([^>)]*)>/;
const NAMED_REFERENCE = /^\(\?P=([^)]*)\)/;
const COMMENT = /^\(\?#[^)]*\)/;
const PLAIN_GROUP = /^\((?:\?(?:[:=!]|<[=!]))?/;
const QUANTIFIER = /^(?:[*+?]|\{(\d*)(?:(,)(\d*))?\})/;
const HEX_ESCAPE = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;
const OCTAL_ESCAPE = /^\\(0[0-7]{0,2}|[0-3][0-7]{2})/;
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;

/** The characters of `str.isspace`. JavaScript's `\s` lacks U+001C to U+001F and U+0085, and has U+FEFF. */
const UNICODE_SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const CONTROLS: Readonly<Record<string, number>> = { a: 7, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** Classes for a check of the syntax alone. */
const SYNTAX_CLASSES = { d: '\\d', w: '\\w', s: '\\s' };

interface Dialect {
  readonly dotAll: boolean;
  readonly multiline: boolean;
  /** The members of a character class for `\d`, `\w` and `\s`, by letter. */
  readonly classes: Readonly<Record<string, string>>;
}

interface Piece {
  /** Characters of the pattern that the piece translates. */
  readonly length: number;
  readonly source: string;
}

/** Python's function for a pattern: `whole` is `re.fullmatch`, `beginning` is `re.match`. */
export type Matching = 'whole' | 'beginning';

/** A compiled pattern. */
export interface PythonRegex {
  test(text: string): boolean;
  /** Returns the most steps of V8's engine that {@link test} may take for a text of this length. */
  stepsFor(length: number): number;
  /** The steps of the first {@link test} besides: it compiles the pattern. */
  readonly firstSteps: number;
  /** Unicode properties in the pattern: `\w` has two, `\b` has eight. V8 writes out hundreds of ranges for each of them. */
  readonly properties: number;
}

export interface RegexOptions {
  /** `whole` (`re.fullmatch`) by default. */
  readonly matching?: Matching;
  /** The most steps for a text of {@link LONG_TEXT} characters in which V8 may try a pattern, default 10 million. */
  readonly mostSteps?: number;
}

/** Characters of a key in S3. */
export const LONG_TEXT = 1_024;
export const MOST_STEPS = 10_000_000;
/** Steps of V8's engine in the time of one step of the automaton: 14 ns and 160 to 280 ns on a developer's machine. */
const LINEAR_STEP = 20;
/** Steps for a state of an automaton that is built. 200 million steps are a million states, and 150 MB. */
const STATE_STEPS = 200;
/** Steps in the time in which V8 compiles one property. */
const PROPERTY_STEPS = 20_000;
/** Characters of a pattern, and groups around each other. The limits keep the stack and the time of a compilation small. */
const LONGEST_PATTERN = 10_000;
const MOST_NESTED = 100;

/**
 * Compiles a pattern to a matcher of the texts that Python's `re.fullmatch` or `re.match` matches. V8 matches a pattern
 * that it tries in few ways. An automaton matches all other patterns, in a time that is linear in the text, so no pattern
 * can stop the process.
 *
 * @throws UntranslatablePattern for a pattern without an equivalent in JavaScript, and for a pattern that is too large or
 *   too ambiguous
 * @throws SyntaxError for a pattern that neither language accepts
 */
export function compilePythonRegex(pattern: string, options: RegexOptions = {}): PythonRegex {
  const { matching = 'whole', mostSteps = MOST_STEPS } = options;
  if (pattern.length > LONGEST_PATTERN)
    throw new UntranslatablePattern(`has more than ${LONGEST_PATTERN} characters`);
  const [flags = ''] = LEADING_FLAGS.exec(pattern) ?? [];
  if (flags.includes('x')) throw new UntranslatablePattern('uses verbose mode, (?x)');
  if (flags.includes('L')) throw new UntranslatablePattern('uses the locale, (?L)');
  const rest = pattern.slice(flags.length);
  const dialect = dialectOf(flags);
  const javaScriptFlags = flags.includes('i') ? 'iu' : 'u';
  // Compiles the body alone first: the group around it below could close an open parenthesis of the pattern. The classes of
  // JavaScript have the same syntax as those of Unicode, and V8 needs no time for them.
  new RegExp(translate(rest, { ...dialect, classes: SYNTAX_CLASSES }), javaScriptFlags);
  const body = translate(rest, dialect);
  const tree = parseRegex(body, javaScriptFlags);
  const cost = costOf(tree);
  if (cost === undefined || stepsFor(cost, LONG_TEXT) > mostSteps || !isCompiledFast(tree))
    return compileLinear(tree, javaScriptFlags, matching);
  const source = `${START}(?:${body})${matching === 'whole' ? END : ''}`;
  let regex: RegExp | undefined;
  return {
    test: (text) => {
      regex ??= new RegExp(source, javaScriptFlags);
      return regex.test(text);
    },
    stepsFor: (length) => stepsFor(cost, length),
    firstSteps: PROPERTY_STEPS * propertiesIn(tree),
    properties: propertiesIn(tree),
  };
}

function compileLinear(tree: Node, flags: string, matching: Matching): PythonRegex {
  if (hasReference(tree))
    throw new UntranslatablePattern('refers to a group, and has too many ways to match a text');
  try {
    const regex = new LinearRegex(tree, flags, matching === 'whole');
    return {
      test: (text) => regex.test(text),
      stepsFor: (length) => LINEAR_STEP * regex.size * (length + 1),
      firstSteps: STATE_STEPS * regex.size + PROPERTY_STEPS * propertiesIn(tree),
      properties: propertiesIn(tree),
    };
  } catch (error) {
    throw error instanceof PatternTooLarge ? new UntranslatablePattern(error.message) : error;
  }
}

function dialectOf(flags: string): Dialect {
  const classes = flags.includes('a')
    ? { d: '0-9', w: '0-9A-Za-z_', s: '\\t-\\r\\x20' }
    : { d: '\\p{Nd}', w: '\\p{L}\\p{N}_', s: UNICODE_SPACE };
  return { dotAll: flags.includes('s'), multiline: flags.includes('m'), classes };
}

function translate(pattern: string, dialect: Dialect): string {
  let source = '';
  let nested = 0;
  for (let at = 0; at < pattern.length; ) {
    const piece = translatePiece(pattern.slice(at), dialect);
    if (pattern[at] === '(' && piece.source !== '') nested += 1;
    else if (pattern[at] === ')') nested -= 1;
    if (nested > MOST_NESTED)
      throw new UntranslatablePattern(`has more than ${MOST_NESTED} groups around each other`);
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
  const [quantifier, from, comma = '', to = ''] = QUANTIFIER.exec(rest) ?? [];
  // Python reads braces that are no quantifier as literal characters.
  if (quantifier === undefined || quantifier === '{}') return undefined;
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
    throw new UntranslatablePattern(`has "${rest.slice(0, 4)}", and JavaScript has no equivalent`);
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
  // A group: a digit that follows must not become a part of the number.
  if (isReference) return { length: reference.length, source: `(?:${reference})` };
  return translateCharacter(rest);
}

/** Returns the members of a character class for `\d`, `\D` and the like. A `^` at the start marks a complement. */
function translateShorthand(letter: string, { classes }: Dialect): string | undefined {
  const inside = classes[letter.toLowerCase()];
  if (inside === undefined || letter === letter.toLowerCase()) return inside;
  return `^${inside}`;
}

/**
 * Translates a character class. A JavaScript class cannot contain a complement such as `\W` with our own members, so a
 * class with complements becomes an alternative of several classes.
 */
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

/** Translates an escape that stands for one character. */
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
