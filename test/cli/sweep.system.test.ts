/** `demand sweep` in a root of this machine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { plant, useFolder } from '../transfer/folders';
import { DemandProcess, jsonLines } from './demand-process';

const folder = useFolder();
const demand = (...args: string[]) => new DemandProcess(folder.path, [], args).ended;

test('a dry run tells what a sweep removes, and a sweep removes it', async () => {
  plant(join(folder.path, 'root'), { 'efs/tmp/old': 'four', 'efs/scratch/mine/a': 'x' });
  const dry = await demand('sweep', '--root', 'root', '--days', '0', '--dry-run');
  expect(dry).toMatchObject({ exitCode: 0, stderr: '' });
  expect(dry.stdout).toContain('a sweep would remove 1 item, 4 B');
  expect(existsSync(join(folder.path, 'root/efs/tmp/old'))).toBe(true);
  const swept = await demand('sweep', '--root', 'root', '--days', '0', '--json');
  expect(jsonLines(swept)).toMatchObject([
    { type: 'swept', status: 'SUCCEEDED', removed: { count: 1, bytes: 4 } },
  ]);
  expect(existsSync(join(folder.path, 'root/efs/tmp/old'))).toBe(false);
  expect(existsSync(join(folder.path, 'root/efs/scratch/mine/a'))).toBe(true);
});

test('a root that does not exist is refused, and not made', async () => {
  const { exitCode, stderr } = await demand('sweep', '--root', 'nowhere');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('nowhere does not exist');
  expect(existsSync(join(folder.path, 'nowhere'))).toBe(false);
});
