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
  if (node.type === 'reference') return true;
  return 'body' in node && Array.isArray(node.body) && (node.body as readonly Node[]).some(hasReference);
}

/** Returns the number of Unicode properties, such as `\p{L}`. V8 writes out hundreds of ranges for each of them. */
export function propertiesIn(node: Node): number {
  if (node.type === 'unicodePropertyEscape') return 1;
  if (!('body' in node) || !Array.isArray(node.body)) return 0;
  return (node.body as readonly Node[]).reduce((sum, inner) => sum + propertiesIn(inner), 0);
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
