/**
 * Counts the sentences of comments and docs that are hard to read. Fails when their share is above the limits in
 * scripts/prose/limits.ts.
 *
 * node scripts/prose.mjs [--list | --by-folder] [PATH...]
 */
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { count, share } from './prose/count.ts';
import { readProse } from './prose/files.ts';
import { LIMITS } from './prose/limits.ts';
import { sentences } from './prose/sentences.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, 'by-folder': { type: 'boolean' } },
});

for (const [kind, blocks] of Object.entries(readProse(positionals))) {
  const all = sentences(blocks);
  if (values.list) list(count(all));
  if (values['by-folder']) listFolders(all);
  summarise(kind, count(all), LIMITS[kind]);
}

function list({ openings, functionWords }) {
  for (const [why, found] of [
    ['opening', openings],
    ['function words', functionWords],
  ])
    for (const { file, line, text } of found) console.log(`${file}:${line} ${why}: ${text}`);
}

function listFolders(all) {
  for (const [folder, own] of Object.entries(Object.groupBy(all, ({ file }) => dirname(file)))) {
    const { openings, functionWords } = count(own);
    if (openings.length + functionWords.length > 0)
      console.log(
        `${folder}: ${openings.length} openings, ${functionWords.length} function words, ${own.length} sentences`,
      );
  }
}

function summarise(kind, findings, limits) {
  const percent = (found) => `${share(found, findings).toFixed(1)} %`;
  const { openings, functionWords, clauses } = findings;
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
