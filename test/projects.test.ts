/** Every test file is in one project of jest.config.cjs, and a core test imports nothing that needs a server or a build. */
import { existsSync, globSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';

interface Project {
  readonly displayName: string;
  readonly testMatch: readonly string[];
  readonly testPathIgnorePatterns?: readonly string[];
}

const ROOT = join(__dirname, '..');
const { projects }: { projects: Project[] } = jest.requireActual('../jest.config.cjs');
const files = globSync('test/**/*.test.ts', { cwd: ROOT }).filter(
  (file) => !file.startsWith('test/localstack/'),
);

/** The modules that a test imports when it needs more than this process. */
const SERVERS = ['test/api/endpoint.ts', 'local/api/moto-server.ts', 'local/api/versitygw-server.ts'];
const SYSTEM = [
  'test/cli/demand-process.ts',
  'local/api/service-package.ts',
  'test/faults/processes.ts',
  'local/api/local-api.ts',
  'local/api/deployment.ts',
];

const { inputs } = buildSync({
  entryPoints: files,
  bundle: true,
  packages: 'external',
  platform: 'node',
  outdir: ROOT,
  absWorkingDir: ROOT,
  write: false,
  metafile: true,
}).metafile as Metafile;

function projectsOf(file: string): string[] {
  const expand = (pattern: string) => pattern.replace('<rootDir>/', '');
  return projects
    .filter(({ testMatch }) => testMatch.some((pattern) => matchesGlob(file, expand(pattern))))
    .filter(({ testPathIgnorePatterns = [] }) =>
      testPathIgnorePatterns.every((pattern) => !new RegExp(expand(pattern)).test(file)),
    )
    .map(({ displayName }) => displayName);
}

/** All files that a file imports, directly or not, and itself. */
function importsOf(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, external } of inputs[file]?.imports ?? []) if (!external) importsOf(path, seen);
  return seen;
}

const importing = (project: string, modules: readonly string[]) =>
  files
    .filter((file) => projectsOf(file).includes(project))
    .filter((file) => modules.some((module) => importsOf(file).has(module)));

test('the modules of servers and of the system are where this test looks for them', () => {
  expect([...SERVERS, ...SYSTEM].filter((module) => !existsSync(join(ROOT, module)))).toEqual([]);
});

test('every test file is in one project', () => {
  const assigned = files.map((file) => [file, projectsOf(file)] as const);
  expect(assigned.filter(([, { length }]) => length !== 1)).toEqual([]);
});

test('a core test needs no server, no build and no packaged service', () => {
  expect(importing('core', [...SERVERS, ...SYSTEM])).toEqual([]);
});

test('a test of the adapters needs the servers only', () => {
  expect(importing('aws', SYSTEM)).toEqual([]);
});
