import { execFileSync } from 'node:child_process';
import { parse } from '@babel/parser';
import { CST, Lexer } from 'yaml';
import { type Block, joined, paragraphs } from './blocks.ts';

type Comment = NonNullable<ReturnType<typeof parse>['comments']>[number];

/** Returns the comments of a TypeScript or JavaScript file, in paragraphs. */
export function commentsOfScript(file: string, source: string): Block[] {
  const { comments } = parse(source, { sourceType: 'unambiguous', plugins: ['typescript'] });
  const all = comments ?? [];
  const single = all.filter(({ type }) => type === 'CommentLine').map(lineOf);
  const blocks = all.filter(({ type }) => type === 'CommentBlock').map(linesOf);
  return [...joined(single), ...blocks].flatMap((lines) => paragraphs(file, lines));
}

function lineOf({ value, loc }: Comment) {
  return { number: loc?.start.line ?? 0, column: loc?.start.column ?? 0, text: value };
}

function linesOf({ value, loc }: Comment) {
  return value.split('\n').map((text, index) => ({
    number: (loc?.start.line ?? 0) + index,
    text: text.replace(/^\s*\*+/, ''),
  }));
}

/** Returns the comments of a YAML file, in paragraphs. Text within block scalars is a value, not a comment. */
export function commentsOfYaml(file: string, source: string): Block[] {
  const found = [];
  let number = 1;
  let column = 0;
  for (const token of new Lexer().lex(source)) {
    if (CST.tokenType(token) === 'comment') found.push({ number, column, text: token.slice(1) });
    const breaks = token.split('\n').length - 1;
    number += breaks;
    column = breaks === 0 ? column + token.length : token.length - token.lastIndexOf('\n') - 1;
  }
  return joined(found).flatMap((lines) => paragraphs(file, lines));
}

/** Returns the comments of a file whose comments start with a number sign: a shell script, a list of requirements. */
export function commentsOfLines(file: string, source: string): Block[] {
  const found = source.split('\n').flatMap((text, index) => {
    const at = text.search(/(^|\s)#\s/);
    return at === -1 ? [] : [{ number: index + 1, column: at, text: text.slice(at).replace(/^\s*#/, '') }];
  });
  return joined(found).flatMap((lines) => paragraphs(file, lines));
}

/** Prints docstrings and comments as JSON: [[name, [[[line, column, text], ...], ...]], ...]. */
const PYTHON = `
import ast, io, json, sys, tokenize
for name in sys.argv[1:]:
    source = open(name, encoding="utf-8").read()
    comments = [[t.start[0], t.start[1], t.string[1:]] for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.COMMENT]
    docstrings = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node, False) is not None:
            first = node.body[0]
            docstrings.append([[first.lineno + i, 0, text] for i, text in enumerate(first.value.value.split("\\n"))])
    print(json.dumps([name, comments, docstrings]))
`;

type PythonLine = [number: number, column: number, text: string];

/** Returns the comments and docstrings of Python files, in paragraphs. Python's own parser finds them. */
export function commentsOfPython(files: readonly string[]): Block[] {
  if (files.length === 0) return [];
  const printed = execFileSync('python3', ['-c', PYTHON, ...files], { encoding: 'utf8' });
  const lineOf = ([number, column, text]: PythonLine) => ({ number, column, text });
  return printed
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [file, comments, docstrings]: [string, PythonLine[], PythonLine[][]] = JSON.parse(line);
      const groups = [...joined(comments.map(lineOf)), ...docstrings.map((lines) => lines.map(lineOf))];
      return groups.flatMap((lines) => paragraphs(file, lines));
    });
}
