import type { Block } from './blocks.ts';

/** A sentence with its place. */
export interface Sentence {
  readonly file: string;
  readonly line: number;
  /** As written, on one line. */
  readonly text: string;
  /** Its words in lower case. A code span, an address and a number are one word each. */
  readonly words: readonly string[];
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
const CODE = /``[^`]+``|`[^`]*`|\{@link [^}]*\}|https?:\/\/[^\s)>]+/g;
const ABBREVIATION = /\b(e\.g|i\.e|etc|vs|cf|approx|incl)\.(?=\s+\S)/g;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’_./:-]*/gu;

/**
 * Splits paragraphs into sentences. The splitter sees a code span as a capitalised word, so that a sentence may begin
 * with one.
 */
export function sentences(blocks: readonly Block[]): Sentence[] {
  return blocks.flatMap((block) => {
    const text = block.lines.map((line) => line.text).join(' ');
    const plain = text
      .replace(CODE, (code) => `X${'x'.repeat(code.length - 1)}`)
      .replace(ABBREVIATION, (abbreviation) => abbreviation.replaceAll('.', '_'));
    return [...segmenter.segment(plain)]
      .map(({ segment, index }) => ({
        file: block.file,
        line: lineAt(block, index),
        text: text.slice(index, index + segment.length).trim(),
        words: words(segment),
      }))
      .filter(({ words }) => words.length > 0);
  });
}

function words(text: string): string[] {
  return [...text.matchAll(WORD)].map(([word]) =>
    word
      .toLowerCase()
      .replace(/[’]/g, "'")
      .replace(/[./:-]+$/, ''),
  );
}

function lineAt(block: Block, index: number): number {
  let end = 0;
  for (const { number, text } of block.lines) {
    end += text.length + 1;
    if (index < end) return number;
  }
  return block.lines.at(-1)?.number ?? 0;
}
