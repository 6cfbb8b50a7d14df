import { type Block, paragraphs } from './blocks.ts';

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^#+\s+/;
const ROW = /^\s*\|/;
const RULE = /^[\s|:-]*$/;

/** Returns the prose of a Markdown file: paragraphs, headings, list items and cells of tables, without code blocks. */
export function proseOfMarkdown(file: string, source: string): Block[] {
  const blocks: Block[] = [];
  let paragraph: { number: number; text: string }[] = [];
  let fenced = false;
  const end = () => {
    blocks.push(...paragraphs(file, paragraph));
    paragraph = [];
  };
  source.split('\n').forEach((text, index) => {
    const number = index + 1;
    if (FENCE.test(text)) {
      end();
      fenced = !fenced;
    } else if (!fenced && (ROW.test(text) || HEADING.test(text))) {
      end();
      for (const cell of cells(text)) blocks.push(...paragraphs(file, [{ number, text: cell }]));
    } else if (!fenced) paragraph.push({ number, text: withoutTargets(text) });
  });
  end();
  return blocks;
}

function cells(text: string): string[] {
  if (RULE.test(text)) return [];
  if (HEADING.test(text)) return [text.replace(HEADING, '')];
  return withoutTargets(text)
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/);
}

/** A link is its text. */
function withoutTargets(text: string): string {
  return text.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/^>\s?/, '');
}
