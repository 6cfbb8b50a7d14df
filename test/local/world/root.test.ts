import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalRoot } from '../../../local/world/root';

let folder: string;
let root: LocalRoot;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demand-root-'));
  root = new LocalRoot(join(folder, 'with space'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root.shellSafePath, { recursive: true, force: true });
  rmSync(folder, { recursive: true });
});

test('a root with a space has a link that a shell reads as one word; the link stays', async () => {
  await root.create();
  expect(readlinkSync(root.shellSafePath)).toBe(root.path);
  expect(root.shellSafePath).not.toContain(' ');
  const { ino } = lstatSync(root.shellSafePath);
  await root.create();
  expect(lstatSync(root.shellSafePath).ino).toBe(ino);
});

test('the link of another user is not used, though it shows the right folder', async () => {
  await root.create();
  const { ino } = lstatSync(root.shellSafePath);
  jest.spyOn(process, 'getuid').mockReturnValue((process.getuid?.() ?? 0) + 1);
  await root.create();
  expect(lstatSync(root.shellSafePath).ino).not.toBe(ino);
});

test('a link that cannot be replaced is named, with the next step', async () => {
  mkdirSync(root.shellSafePath);
  await expect(root.create()).rejects.toThrow(`${root.shellSafePath} cannot be replaced`);
});
