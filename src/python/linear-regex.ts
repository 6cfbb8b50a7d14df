/**
 * Matches regular expressions in a time that is linear in the text, for expressions that V8 may try in exponentially
 * many ways, such as `(a|a)*c`.
 *
 * The parser is regjsparser, which Babel uses. The expression becomes a non-deterministic automaton, and all its states
 * go over the text at once (Thompson, https://swtch.com/~rsc/regexp/regexp1.html). Each set of characters is an
 * expression for one character, which V8 matches. A library with an engine of its own (re2js) is five times as large,
 * knows no look-ahead, and has another syntax.
 */
import { type AstNode, parse, type RootNode } from 'regjsparser';

interface Syntax {
  readonly lookbehind: true;
  readonly namedGroups: true;
  readonly unicodePropertyEscape: true;
}
export type Node = AstNode<Syntax>;

/** States of all automata of an expression. Each state costs a step for each character of the text. */
const MOST_STATES = 2_000;
/** Nodes that become states, and also empty alternatives and empty groups, which cost time and no state. */
const MOST_PARTS = 20_000;

/** A state: it consumes one character, goes on without a character, or checks the place. The last state has none of these. */
interface State {
  /** The states that follow. */
  next: readonly number[];
  /** Index of the set with the accepted characters. */
  readonly set?: number;
  readonly look?: Look;
  readonly anchor?: 'start' | 'end';
}

interface Automaton {
  readonly states: readonly State[];
  readonly start: number;
  readonly isBackward: boolean;
}

/** A condition on the text before or after a place. */
interface Look {
  readonly automaton: Automaton;
  readonly isNegative: boolean;
}

/** The pattern is too large. The message is a verb phrase. */
export class PatternTooLarge extends Error {
  override readonly name = 'PatternTooLarge';

  constructor(most: number, what: string) {
    super(`has more than ${most} ${what} after its repetitions are written out`);
  }
}

/** Parses an expression that V8 accepts with the flag `u`. */
export function parseRegex(source: string, flags: string): RootNode<Syntax> {
  return parse(source, flags, { lookbehind: true, namedGroups: true, unicodePropertyEscape: true });
}

export class LinearRegex {
  readonly #sets: CharacterSet[] = [];
  readonly #setOf = new Map<string, number>();
  #whole: Automaton | undefined;
  /** States of all automata. */
  readonly size: number;

  /**
   * Counts the states and builds nothing: the first {@link test} does, as a demand may have thousands of patterns.
   *
   * @param tree an expression without references to groups
   * @param isWhole whether the expression has to match the whole text, or only its beginning
   * @throws PatternTooLarge
   */
  constructor(
    private readonly tree: Node,
    private readonly flags: string,
    private readonly isWhole: boolean,
  ) {
    const { states, parts } = sizeOf(tree);
    this.size = states + 1;
    if (this.size > MOST_STATES) throw new PatternTooLarge(MOST_STATES, 'characters');
    if (parts > MOST_PARTS) throw new PatternTooLarge(MOST_PARTS, 'parts');
  }

  test(text: string): boolean {
    this.#whole ??= this.#automatonOf([this.tree], false);
    return new Run([...text], this.#sets).matches(this.#whole, this.isWhole);
  }

  #automatonOf(sequence: readonly Node[], isBackward: boolean): Automaton {
    const states: State[] = [];
    const end = this.#add(states, { next: [] });
    return { states, start: this.#compileSequence(sequence, end, states, isBackward), isBackward };
  }

  #add(states: State[], state: State): number {
    return states.push(state) - 1;
  }

  /** @returns the first state of the node; `next` follows after the node */
  #compile(node: Node, next: number, states: State[], isBackward: boolean): number {
    const compile = (inner: Node, after: number) => this.#compile(inner, after, states, isBackward);
    switch (node.type) {
      case 'alternative':
        return this.#compileSequence(node.body, next, states, isBackward);
      case 'disjunction':
        // All empty alternatives are one.
        return this.#add(states, { next: [...new Set(node.body.map((inner) => compile(inner, next)))] });
      case 'quantifier':
        return this.#compileQuantifier(node, next, states, isBackward);
      case 'group':
        if (node.behavior === 'normal' || node.behavior === 'ignore')
          return this.#compileSequence(node.body, next, states, isBackward);
        return this.#add(states, { next: [next], look: this.#lookOf(node) });
      case 'anchor':
        return this.#add(states, { next: [next], anchor: node.kind === 'start' ? 'start' : 'end' });
      default:
        return this.#add(states, { next: [next], set: this.#setFor(node.raw) });
    }
  }

  #compileSequence(nodes: readonly Node[], next: number, states: State[], isBackward: boolean): number {
    const fromTheEnd = isBackward ? nodes : nodes.toReversed();
    return fromTheEnd.reduce((after, node) => this.#compile(node, after, states, isBackward), next);
  }

  #compileQuantifier(
    { min, max, body: [body] }: Extract<Node, { type: 'quantifier' }>,
    next: number,
    states: State[],
    isBackward: boolean,
  ): number {
    let first = next;
    if (max === undefined) {
      const loop: State = { next: [] };
      first = this.#add(states, loop);
      loop.next = [this.#compile(body, first, states, isBackward), next];
    }
    for (let optional = min; optional < (max ?? min); optional += 1)
      first = this.#add(states, { next: [this.#compile(body, first, states, isBackward), next] });
    for (let required = 0; required < min; required += 1) {
      const before = first;
      first = this.#compile(body, first, states, isBackward);
      // An empty body has no state, and no limit would end its repetition.
      if (first === before) break;
    }
    return first;
  }

  /** A condition on the text after a place is found backward from the end of the text, so one run finds it for all places. */
  #lookOf(node: Extract<Node, { type: 'group' }>): Look {
    const isAhead = node.behavior === 'lookahead' || node.behavior === 'negativeLookahead';
    const isNegative = node.behavior === 'negativeLookahead' || node.behavior === 'negativeLookbehind';
    return { automaton: this.#automatonOf(node.body, isAhead), isNegative };
  }

  #setFor(raw: string): number {
    const known = this.#setOf.get(raw);
    if (known !== undefined) return known;
    const index = this.#sets.push(new CharacterSet(raw, this.flags)) - 1;
    this.#setOf.set(raw, index);
    return index;
  }
}

interface Size {
  readonly states: number;
  readonly parts: number;
}

/** Returns the number of states that a node becomes, with its repetitions written out, and the number of nodes behind them. */
function sizeOf(node: Node): Size {
  const inside = 'body' in node && Array.isArray(node.body) ? (node.body as readonly Node[]) : [];
  const body = inside.map(sizeOf).reduce(added, { states: 0, parts: 1 });
  switch (node.type) {
    case 'alternative':
      return body;
    case 'disjunction':
      return added(body, { states: 1, parts: 0 });
    case 'quantifier':
      return repeatedSize(body, node.min, node.max);
    case 'group': {
      const isPlain = node.behavior === 'normal' || node.behavior === 'ignore';
      // A condition is a state, and its automaton has an end.
      return isPlain ? body : added(body, { states: 2, parts: 0 });
    }
    default:
      return { states: 1, parts: 1 };
  }
}

function repeatedSize({ states, parts }: Size, min: number, max: number | undefined): Size {
  const optional = max === undefined ? 1 : max - min;
  // The repetitions of an empty body that have to come are one.
  const times = optional + (states === 0 ? Math.min(1, min) : min);
  return { states: times * states + optional, parts: 1 + times * parts };
}

function added(one: Size, other: Size): Size {
  return { states: one.states + other.states, parts: one.parts + other.parts };
}

/** An expression for one character. V8 needs a millisecond for a class such as `\w`, so the first test compiles it. */
class CharacterSet {
  #regex: RegExp | undefined;

  constructor(
    private readonly raw: string,
    private readonly flags: string,
  ) {}

  has(character: string): boolean {
    this.#regex ??= new RegExp(`^(?:${this.raw})$`, this.flags);
    return this.#regex.test(character);
  }
}

/** The automata of one expression on one text. */
class Run {
  readonly #places = new Map<Automaton, Uint8Array>();

  constructor(
    private readonly characters: readonly string[],
    private readonly sets: readonly CharacterSet[],
  ) {}

  matches(automaton: Automaton, isWhole: boolean): boolean {
    const accepted = this.#sweep(automaton, false);
    return isWhole ? accepted[this.characters.length] === 1 : accepted.includes(1);
  }

  /**
   * Goes over the text once.
   *
   * @param fromEverywhere whether a match may begin at each place, or only at the first
   * @returns for each place between characters, 1 when a match ends there
   */
  #sweep({ states, start, isBackward }: Automaton, fromEverywhere: boolean): Uint8Array {
    const { length } = this.characters;
    const accepted = new Uint8Array(length + 1);
    const marks = new Uint32Array(states.length);
    let current: number[] = [];
    for (let step = 0; step <= length; step += 1) {
      const place = isBackward ? length - step : step;
      if (fromEverywhere || step === 0) current.push(start);
      const active = this.#closure(states, current, place, marks, step + 1);
      if (active.includes(0)) accepted[place] = 1;
      current = this.#consume(states, active, this.characters[isBackward ? place - 1 : place]);
      if (current.length === 0 && !fromEverywhere) break;
    }
    return accepted;
  }

  /** Returns the states that are reached without a character. The state 0 is the end. */
  #closure(
    states: readonly State[],
    from: readonly number[],
    place: number,
    marks: Uint32Array,
    mark: number,
  ): number[] {
    const open = [...from];
    const reached: number[] = [];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const state = states[index];
      if (state === undefined || marks[index] === mark) continue;
      marks[index] = mark;
      if (index === 0 || state.set !== undefined) reached.push(index);
      else if (this.#mayPass(state, place)) open.push(...state.next);
    }
    return reached;
  }

  #consume(states: readonly State[], active: readonly number[], character: string | undefined): number[] {
    if (character === undefined) return [];
    const verdicts = new Map<number, boolean>();
    const next: number[] = [];
    for (const index of active) {
      const { set, next: after = [] } = states[index] ?? {};
      if (set === undefined) continue;
      const verdict = verdicts.get(set) ?? this.sets[set]?.has(character) === true;
      verdicts.set(set, verdict);
      if (verdict) next.push(...after);
    }
    return next;
  }

  #mayPass({ look, anchor }: State, place: number): boolean {
    if (anchor !== undefined) return place === (anchor === 'start' ? 0 : this.characters.length);
    return look === undefined || this.#holds(look, place);
  }

  #holds({ automaton, isNegative }: Look, place: number): boolean {
    const places = this.#places.get(automaton) ?? this.#sweep(automaton, true);
    this.#places.set(automaton, places);
    return (places[place] === 1) !== isNegative;
  }
}
