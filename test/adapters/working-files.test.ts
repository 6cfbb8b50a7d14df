import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workingFiles } from '../../src/adapters/working-files';

let folder: string;
let umask: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'working-files-'));
  umask = process.umask(0o077);
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

const modeOf = (path: string) => statSync(path).mode & 0o777;

test.each([
  [undefined, 0o644],
  [0o640, 0o640],
])('an environment file of mode %p has it under any umask', async (mode, expected) => {
  const path = join(folder, '.demand.env');
  await workingFiles(mode).writeFile({ path, content: "export A='1'" });
  expect(readFileSync(path, 'utf8')).toBe("export A='1'");
  expect(modeOf(path)).toBe(expected);
});

test('a file that is there is replaced in one step, and nothing is left beside it', async () => {
  const path = join(folder, '.demand.env');
  await workingFiles().writeFile({ path, content: 'a long first content' });
  await workingFiles().writeFile({ path, content: 'second' });
  expect(readFileSync(path, 'utf8')).toBe('second');
  expect(readdirSync(folder)).toEqual(['.demand.env']);
});

test('what cannot be put in place leaves nothing behind', async () => {
  const path = join(folder, 'taken');
  mkdirSync(join(path, 'by a folder'), { recursive: true });
  await expect(workingFiles().writeFile({ path, content: 'x' })).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('a directory that is there is no error', async () => {
  const path = join(folder, 'a', 'b');
  await workingFiles().makeDirectory(path);
  await workingFiles().makeDirectory(path);
  expect(statSync(path).isDirectory()).toBe(true);
});
