/** The most steps that a backtracking engine, such as V8's, may need for an expression and a text. */
import type { Node } from './linear-regex';

/** The steps are at most `factor * length ** degree`. */
export interface Cost {
  readonly factor: number;
  readonly degree: number;
}

const ONE: Cost = { factor: 1, degree: 0 };

/**
 * Returns the cost; undefined for an expression that repeats a group. Its steps may double with each character, as in
 * `(a|a)*c`.
 */
export function costOf(node: Node): Cost | undefined {
  switch (node.type) {
    case 'alternative':
    case 'group':
      return product(node.body.map(costOf));
    case 'disjunction':
      return sum(node.body.map(costOf));
    case 'quantifier':
      return repeated(node);
    case 'reference':
      // The text of the group is compared.
      return { factor: 1, degree: 1 };
    default:
      return ONE;
  }
}

/** Tells whether an expression refers to the text that a group has matched. No automaton knows this text. */
export function hasReference(node: Node): boolean {
  return node.type === 'reference' || insideOf(node).some(hasReference);
}

/** Returns the number of Unicode properties, such as `\p{L}`. V8 writes out hundreds of ranges for each of them. */
export function propertiesIn(node: Node): number {
  return countOf(node, 'unicodePropertyEscape');
}

/** Nodes in a row. V8's compiler calls itself for each: from about 5,000 on, or earlier in a deep stack, it fails. */
const MOST_IN_A_ROW = 2_000;
/** Repetitions. The time of V8's compiler grows with their square: a thousand need a second. */
const MOST_REPETITIONS = 100;

/** Tells whether V8 compiles an expression in milliseconds, apart from its properties. */
export function isCompiledFast(node: Node): boolean {
  return rowOf(node) <= MOST_IN_A_ROW && countOf(node, 'quantifier') <= MOST_REPETITIONS;
}

function rowOf(node: Node): number {
  if (node.type === 'characterClass') return 1;
  const rows = insideOf(node).map(rowOf);
  return node.type === 'disjunction' ? Math.max(...rows) : rows.reduce((sum, row) => sum + row, 1);
}

function countOf(node: Node, type: Node['type']): number {
  return insideOf(node).reduce((sum, inner) => sum + countOf(inner, type), node.type === type ? 1 : 0);
}

function insideOf(node: Node): readonly Node[] {
  return 'body' in node && Array.isArray(node.body) ? (node.body as readonly Node[]) : [];
}

export function stepsFor({ factor, degree }: Cost, length: number): number {
  return factor * Math.max(1, length) ** degree;
}

function repeated({ min, max, body: [body] }: Extract<Node, { type: 'quantifier' }>): Cost | undefined {
  if (max === 1) return sum([ONE, costOf(body)]);
  if (body.type === 'group' && !isReferenceAlone(body)) return undefined;
  if (max === undefined) return { factor: 1, degree: 1 };
  return { factor: max - min + 1, degree: 0 };
}

/** The translation of `\1` has a group around it. */
function isReferenceAlone({ body }: Extract<Node, { type: 'group' }>): boolean {
  return body.length === 1 && body[0]?.type === 'reference';
}

function product(costs: readonly (Cost | undefined)[]): Cost | undefined {
  return costs.reduce(
    (all, cost) => all && cost && { factor: all.factor * cost.factor, degree: all.degree + cost.degree },
    ONE,
  );
}

function sum(costs: readonly (Cost | undefined)[]): Cost | undefined {
  return costs.reduce(
    (all, cost) =>
      all && cost && { factor: all.factor + cost.factor, degree: Math.max(all.degree, cost.degree) },
    { factor: 0, degree: 0 },
  );
}
