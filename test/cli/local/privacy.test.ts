import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privacyWarnings } from '../../../cli/local/privacy';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'demand-privacy-'));
  for (const name of ['api.json', 'api.log']) writeFileSync(join(root, name), '', { mode: 0o600 });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root, { recursive: true });
});

test('files that only this user can open need no warning, nor does an absent root', async () => {
  expect(await privacyWarnings(root)).toEqual([]);
  expect(await privacyWarnings(join(root, 'none'))).toEqual([]);
});

test.each([
  ['api.json', 0o644, 'may read or change'],
  ['api.json', 0o620, 'may read or change'],
  ['api.log', 0o640, 'may read or change'],
  ['.', 0o770, 'may write to'],
  ['.', 0o757, 'may write to'],
])('%s with the mode %o is told', async (name, mode, told) => {
  chmodSync(join(root, name), mode);
  expect(await privacyWarnings(root)).toEqual([expect.stringContaining(`${told} ${join(root, name)}`)]);
});

test('the files of another user are told', async () => {
  jest.spyOn(process, 'getuid').mockReturnValue((process.getuid?.() ?? 0) + 1);
  expect(await privacyWarnings(root)).toHaveLength(3);
});
