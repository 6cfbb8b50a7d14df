/** A paragraph of prose: the lines of one comment, docstring, list item or table cell, without their markers. */
export interface Block {
  readonly file: string;
  readonly lines: readonly Line[];
}

interface Line {
  /** Counts from 1. */
  readonly number: number;
  readonly text: string;
}

const LIST_ITEM = /^([-*+]|\d+\.)\s+/;
/** Instructions to a tool, not prose. A suppression of biome has its reason behind a colon. */
const DIRECTIVE = /^(@ts-|eslint|noqa|ruff:|type:|pylint|yaml-language-server|shellcheck|checkov:|!)/;
const SUPPRESSION = /^biome-ignore[^:]*:/;
/** A tag names what its text is about; the name of a parameter is not part of the sentence. */
const TAG = /^@(param\s+\S+|\w+)\s*/;

/** Splits the lines of one comment into paragraphs: at empty lines, list items and tags. */
export function paragraphs(file: string, lines: readonly Line[]): Block[] {
  const blocks: Line[][] = [[]];
  for (const { number, text } of lines) {
    const trimmed = text.trim();
    if (trimmed === '' || DIRECTIVE.test(trimmed)) {
      blocks.push([]);
      continue;
    }
    if (LIST_ITEM.test(trimmed) || TAG.test(trimmed)) blocks.push([]);
    const prose = trimmed.replace(SUPPRESSION, '').replace(LIST_ITEM, '').replace(TAG, '');
    if (prose !== '') blocks.at(-1)?.push({ number, text: prose });
  }
  return blocks.filter((block) => block.length > 0).map((block) => ({ file, lines: block }));
}

/** Joins comments of one line each that stand below each other in the same column. */
export function joined(comments: readonly (Line & { readonly column: number })[]): Line[][] {
  const groups: (Line & { readonly column: number })[][] = [];
  for (const comment of comments) {
    const last = groups.at(-1)?.at(-1);
    const follows = last?.number === comment.number - 1 && last.column === comment.column;
    if (follows) groups.at(-1)?.push(comment);
    else groups.push([comment]);
  }
  return groups;
}
