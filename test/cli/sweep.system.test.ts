/** `demand sweep` in a root of this machine. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { harvest, plant, useFolder } from '../transfer/folders';
import { DemandProcess, jsonLines } from './demand-process';

const folder = useFolder();
const demand = (...args: string[]) => new DemandProcess(folder.path, [], args).ended;

test('a dry run tells what a sweep removes, and a sweep removes it', async () => {
  plant(join(folder.path, 'root'), {
    'efs/tmp/old': 'four',
    'efs/scratch/mine/a': 'x',
    'executions/note': '',
  });
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

test('a folder that is no root of demands is refused, and stays as it is', async () => {
  plant(join(folder.path, 'project'), { 'efs/tmp/mine': 'x' });
  const { exitCode, stderr } = await demand('sweep', '--root', 'project', '--days', '0');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('project has no local demands');
  expect(harvest(folder.path)).toEqual({ 'project/efs/tmp/mine': 'x' });
  expect(readdirSync(join(folder.path, 'project'))).toEqual(['efs']);
});
