import { isFunctionWord } from './function-words.ts';
import type { Sentence } from './sentences.ts';

/** An inversion: the reader meets a reference before the thing that it refers to. */
const OPENINGS = new Set(['what', 'of', 'which']);
/** Reported, not limited: "Whether the lease is held." is a good comment of a boolean. */
const CLAUSES = new Set(['who', 'whose', 'whether']);

/**
 * Share of function words in a sentence. At this share the comments of commander, Powertools, fast-check, valibot and
 * Jest have at most 0.3 % of such sentences.
 */
const MOSTLY = 0.72;
const SHORTEST = 4;

/** The sentences that a reader has to read twice, by their kind. */
export interface Findings {
  readonly sentences: number;
  readonly openings: readonly Sentence[];
  readonly clauses: readonly Sentence[];
  readonly functionWords: readonly Sentence[];
}

export function count(sentences: readonly Sentence[]): Findings {
  return {
    sentences: sentences.length,
    openings: sentences.filter(({ words }) => OPENINGS.has(words[0] ?? '')),
    clauses: sentences.filter(({ words }) => CLAUSES.has(words[0] ?? '')),
    functionWords: sentences.filter(isMostlyFunctionWords),
  };
}

function isMostlyFunctionWords({ words }: Sentence): boolean {
  return words.length >= SHORTEST && words.filter(isFunctionWord).length / words.length >= MOSTLY;
}

/** @returns percent; 0 of no sentences */
export function share(found: readonly Sentence[], { sentences }: Findings): number {
  return sentences === 0 ? 0 : (100 * found.length) / sentences;
}
