import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  commentsOfLines,
  commentsOfPython,
  commentsOfScript,
  commentsOfYaml,
} from '../../scripts/prose/comments.ts';
import { count, share } from '../../scripts/prose/count.ts';
import { proseOfMarkdown } from '../../scripts/prose/markdown.ts';
import { sentences } from '../../scripts/prose/sentences.ts';

/** Node 22 runs TypeScript; Node 20, which jest may run on, does not. */
const NODE = resolve('node_modules/.bin/node');

type Place = readonly [line: number, text: string];
const places = (blocks: Parameters<typeof sentences>[0]): Place[] =>
  sentences(blocks).map(({ line, text }) => [line, text]);
const script = (source: string) => places(commentsOfScript('a.ts', source));
const found = (...texts: string[]) =>
  count(texts.flatMap((text) => sentences([{ file: 'a.ts', lines: [{ number: 1, text }] }])));

describe('comments of TypeScript', () => {
  test('adjacent line comments are one paragraph, and a sentence has the line that it begins on', () => {
    expect(script('// The lease ends. The next\n// call gets it.\nlet a; // A name.')).toEqual([
      [1, 'The lease ends.'],
      [1, 'The next call gets it.'],
      [3, 'A name.'],
    ]);
  });

  test('a JSDoc comment is split at empty lines, list items and tags', () => {
    const source = [
      '/**',
      ' * Returns the size',
      ' * of a file.',
      ' *',
      ' * - one item',
      ' * @param path of the file',
      ' * @returns bytes',
      ' * @throws UnsafePath when the path leaves the root',
      ' */',
    ];
    expect(script(source.join('\n'))).toEqual([
      [2, 'Returns the size of a file.'],
      [5, 'one item'],
      [6, 'of the file'],
      [7, 'bytes'],
      [8, 'UnsafePath when the path leaves the root'],
    ]);
  });

  test('comment signs within strings, templates and patterns are no comments', () => {
    expect(script("const a = '// No.', b = `/* No. ${'// no'} */`, c = /\\/\\/ no/;")).toEqual([]);
  });

  test('an instruction to a tool is no prose, the reason of a suppression is', () => {
    expect(
      script('// @ts-expect-error\nlet a; // biome-ignore lint/style/noProcessEnv: The shell sets it.'),
    ).toEqual([[2, 'The shell sets it.']]);
  });
});

test('YAML: comments, but not the lines of a block scalar', () => {
  const source = '# The bucket expires\n# its objects.\na: |\n  # a script\nb: 1 # Seconds.\n';
  expect(places(commentsOfYaml('a.yml', source))).toEqual([
    [1, 'The bucket expires its objects.'],
    [5, 'Seconds.'],
  ]);
});

test('shell scripts: comments, but neither the interpreter nor a sign within a word', () => {
  const source = '#!/bin/bash\n# Installs it.\necho a#b # Prints it.\n';
  expect(places(commentsOfLines('run', source))).toEqual([
    [2, 'Installs it.'],
    [3, 'Prints it.'],
  ]);
});

test('Python: docstrings and comments, but not other strings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prose-'));
  const file = join(folder, 'a.py');
  writeFileSync(file, '"""A server."""\nx = "# no"  # The port.\ndef f():\n    """Starts\n    it."""\n');
  try {
    expect(places(commentsOfPython([file]))).toEqual([
      [2, 'The port.'],
      [1, 'A server.'],
      [4, 'Starts it.'],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('Markdown: headings, paragraphs, items and cells, but neither code nor the targets of links', () => {
  const source = [
    '# The machine',
    'See [the page](docs/errors.md). It ends.',
    '```sh',
    '# no prose',
    '```',
    '- an item',
    '',
    '| state | meaning |',
    '| ----- | ------- |',
    '| `Ready` | It waits. |',
  ];
  expect(places(proseOfMarkdown('a.md', source.join('\n')))).toEqual([
    [1, 'The machine'],
    [2, 'See the page.'],
    [2, 'It ends.'],
    [6, 'an item'],
    [8, 'state'],
    [8, 'meaning'],
    [10, '`Ready`'],
    [10, 'It waits.'],
  ]);
});

describe('sentences', () => {
  const split = (text: string) => script(`// ${text}`).map(([, sentence]) => sentence);

  test.each([
    ['an abbreviation', 'A scheme, e.g. `s3`, is known.', 1],
    ['a full stop within a name', 'See docs/errors.md for node.js. The end.', 2],
    ['a code span that begins a sentence', 'It ends. `demand` starts.', 2],
    ['a full stop within a code span', 'The text `A. B` is known.', 1],
    ['a question and an exclamation', 'Is it so? Yes! It is.', 3],
  ])('%s', (_, text, expected) => {
    expect(split(text)).toHaveLength(expected);
  });
});

describe('what is counted', () => {
  test('openings, in any case', () => {
    const { openings } = found(
      'What is left.',
      'of the path',
      'Which files go.',
      'The Who.',
      'Whatever it is.',
    );
    expect(openings.map(({ text }) => text)).toEqual(['What is left.', 'of the path', 'Which files go.']);
  });

  test('opening clauses are a kind of their own', () => {
    const findings = found(
      'Who owns the lease.',
      'Whose lease it is.',
      'Whether it is held.',
      'While it is held.',
    );
    expect(findings.clauses).toHaveLength(3);
    expect(findings.openings).toEqual([]);
  });

  test('sentences that are mostly function words', () => {
    const bad = 'Of one that is not there where it was.';
    const { functionWords } = found(bad, 'Reads the history of an ended execution to its last event.');
    expect(functionWords.map(({ text }) => text)).toEqual([bad]);
  });

  test('fewer than four words are too few to tell', () => {
    expect(found('It is.', 'All of it.').functionWords).toEqual([]);
    expect(found('All of it is.').functionWords).toHaveLength(1);
  });

  test('contractions are function words; code spans, numbers and names are not', () => {
    expect(found("It doesn't, and isn't.").functionWords).toHaveLength(1);
    expect(found('It is `not` `what` it was.', 'It is 5 of 7.', 'It is toBe ofIt.').functionWords).toEqual(
      [],
    );
  });

  test('a share is a percentage of all sentences', () => {
    const findings = found('What is left.', 'The path.', 'The file.', 'The size.');
    expect(share(findings.openings, findings)).toBe(25);
    expect(share([], found())).toBe(0);
  });
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prose-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'src', 'bad.ts'), '// What is left.\n// The file.\n');
  writeFileSync(join(folder, 'node_modules', 'other.ts'), '// What is left.\n');

  const run = (...args: string[]) => {
    const command = ['--no-warnings', resolve('scripts/prose.mjs'), ...args];
    try {
      return {
        status: 0,
        printed: execFileSync(NODE, command, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }),
      };
    } catch (error) {
      const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
      return { status, printed: `${stdout}${stderr}` };
    }
  };

  test('fails when too many sentences are hard to read, installed packages left out', () => {
    const { status, printed } = run();
    expect(status).toBe(1);
    expect(printed).toContain('comments: 2 sentences; begin with What, Of or Which: 50.0 %');
    expect(printed).toContain('Too many sentences are hard to read');
  });

  test('--list prints each with its place', () => {
    expect(run('--list', 'src').printed).toContain('src/bad.ts:1 opening: What is left.\n');
  });

  test('--by-folder prints counts', () => {
    expect(run('--by-folder').printed).toContain('src: 1 openings, 0 function words, 2 sentences\n');
  });
});
