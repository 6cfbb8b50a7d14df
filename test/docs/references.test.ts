/** Links, paths and npm scripts that the pages name. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import packageJson from '../../package.json';

const PROJECT = join(__dirname, '../..');
const pages = globSync(['*.md', 'docs/*.md', 'examples/*/*.md'], { cwd: PROJECT });
const TOPS =
  /^(?:bench|cli|config|deployment|docs|examples|functions|local|resources|schemas|scripts|src|statemachines|test)\//;

function textOf(page: string): string {
  return readFileSync(join(PROJECT, page), 'utf8');
}

/** The page without its code blocks. */
function proseOf(page: string): string {
  return textOf(page).replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
}

/** Anchors as GitHub makes them from headings. */
function anchorsOf(page: string): string[] {
  return Array.from(proseOf(page).matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function brokenLinks(page: string): string[] {
  return Array.from(proseOf(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link)
    .filter((link) => !link.startsWith('https://'))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(PROJECT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
}

function missingPaths(page: string): string[] {
  return Array.from(proseOf(page).matchAll(/`([^`\n]+)`/g), ([, code = '']) => code)
    .filter((code) => TOPS.test(code) && /^[\w./-]+$/.test(code))
    .filter((path) => !existsSync(join(PROJECT, path)) && !isMade(path));
}

/** Files that a reader makes by following the page. */
function isMade(path: string): boolean {
  return path === 'config/prod.yml';
}

function unknownScripts(page: string): string[] {
  const named = Array.from(
    textOf(page).matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g),
    ([, name = '']) => name,
  );
  return named.filter((name) => !Object.hasOwn(packageJson.scripts, name));
}

test('there are pages', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/demands.md']));
});

test.each(pages)('%s: each link leads to a file and a heading', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test.each(pages)('%s: each named path exists', (page) => {
  expect(missingPaths(page)).toEqual([]);
});

test.each(pages)('%s: each npm script exists', (page) => {
  expect(unknownScripts(page)).toEqual([]);
});

test('each page of docs/ is linked from README.md', () => {
  const linked = Array.from(textOf('README.md').matchAll(/\]\((docs\/[^)#]+)\)/g), ([, path]) => path);
  expect(pages.filter((page) => page.startsWith('docs/') && !linked.includes(page))).toEqual([]);
});
