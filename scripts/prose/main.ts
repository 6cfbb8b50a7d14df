/**
 * Counts the sentences of comments and docs that are hard to read. Fails when their share is above the limits in
 * scripts/prose/limits.ts.
 */
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { count, type Findings, share } from './count.ts';
import { type Prose, readProse } from './files.ts';
import { LIMITS } from './limits.ts';
import { type Sentence, sentences } from './sentences.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, 'by-folder': { type: 'boolean' } },
});
const prose = readProse(positionals);
report('comments', sentences(prose.comments));
report('docs', sentences(prose.docs));

function report(kind: keyof Prose, all: readonly Sentence[]): void {
  const findings = count(all);
  if (values.list) list(findings);
  if (values['by-folder']) listFolders(all);
  summarise(kind, findings);
}

function list({ openings, functionWords }: Findings): void {
  for (const { file, line, text } of openings) console.log(`${file}:${line} opening: ${text}`);
  for (const { file, line, text } of functionWords) console.log(`${file}:${line} function words: ${text}`);
}

function listFolders(all: readonly Sentence[]): void {
  for (const folder of new Set(all.map(({ file }) => dirname(file)))) {
    const own = count(all.filter(({ file }) => dirname(file) === folder));
    const [openings, functionWords] = [own.openings.length, own.functionWords.length];
    if (openings + functionWords > 0)
      console.log(
        `${folder}: ${openings} openings, ${functionWords} function words, ${own.sentences} sentences`,
      );
  }
}

function summarise(kind: keyof Prose, findings: Findings): void {
  const limits = LIMITS[kind];
  const { openings, functionWords, clauses } = findings;
  const percent = (found: readonly Sentence[]) => `${share(found, findings).toFixed(1)} %`;
  console.log(
    `${kind}: ${findings.sentences} sentences; begin with What, Of or Which: ${percent(openings)} (at most ${limits.openings});`,
    `mostly function words: ${percent(functionWords)} (at most ${limits.functionWords});`,
    `begin with Who, Whose or Whether: ${percent(clauses)}`,
  );
  const tooMany =
    share(openings, findings) > limits.openings || share(functionWords, findings) > limits.functionWords;
  if (!tooMany || positionals.length > 0) return;
  console.error('Too many sentences are hard to read: see `npm run prose -- --list PATH`.');
  process.exitCode = 1;
}
