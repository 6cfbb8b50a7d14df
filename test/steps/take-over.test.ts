/** The take-over of a kept directory by a resumption, on real folders. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileKept } from '../../src/adapters/files/file-kept';
import { fileSweep } from '../../src/adapters/files/file-sweep';
import { workingDirectories } from '../../src/adapters/files/working-files';
import { hashOfTransfers, type KeptDirectory } from '../../src/paths/kept';
import { findKept, resumedTransfer, takeOver } from '../../src/steps/take-over';
import { readDataSyncRequest } from '../../src/transfer/request';
import { useFolder } from '../transfer/folders';

const folder = useFolder();
const directory = () => join(folder.path, 'scratch/one');
const owner = () => join(directory(), '.demand.owner');
const world = () => {
  const mounts = [{ path: folder.path, fileSystemId: 'fs-1', root: '/' }];
  return { kept: fileKept(mounts), directories: workingDirectories, settings: { mounts } };
};
const output = (name: string, more = {}) => ({
  source_path: `fs-1:/scratch/one/${name}`,
  destination_path: `s3://bucket/${name}`,
  ...more,
});
const OUTPUTS = [output('a'), output('b/')];
const resumption = (more = {}) => ({
  execution: 'arn:two',
  resumes: 'arn:one',
  directory: directory(),
  ...more,
});

async function keep(changes: Partial<KeptDirectory> = {}, ownedBy = 'arn:one'): Promise<void> {
  mkdirSync(directory(), { recursive: true });
  writeFileSync(owner(), ownedBy);
  await world().kept.note({
    execution: 'arn:one',
    directory: directory(),
    since: 7,
    reason: 'outputs are not stored',
    outputs: ['b/'],
    transfers: hashOfTransfers(OUTPUTS.map((each) => readDataSyncRequest(each))),
    ...changes,
  });
}

test('the resuming execution owns the directory, also in its record, whose age stays', async () => {
  await keep();
  await takeOver(resumption(), await findKept(resumption(), OUTPUTS, world()), world());
  expect(readFileSync(owner(), 'utf8')).toBe('arn:two');
  expect(await world().kept.list()).toMatchObject([
    { kept: { execution: 'arn:two', previous: 'arn:one', since: 7, outputs: ['b/'] } },
  ]);
});

test('a take-over that was cut off is continued, by a repeated call and by the next resumption', async () => {
  await keep({ execution: 'arn:two', previous: 'arn:one' });
  await takeOver(resumption(), await findKept(resumption(), OUTPUTS, world()), world());
  expect(readFileSync(owner(), 'utf8')).toBe('arn:two');
  await keep({ execution: 'arn:two', previous: 'arn:one' });
  const next = resumption({ execution: 'arn:three', resumes: 'arn:two' });
  await takeOver(next, await findKept(next, OUTPUTS, world()), world());
  expect(readFileSync(owner(), 'utf8')).toBe('arn:three');
});

test('only the output that had files must still have some', async () => {
  await keep();
  const found = await findKept(resumption(), OUTPUTS, world());
  const [a, b] = OUTPUTS.map((each) => resumedTransfer(each, resumption(), found, world()));
  expect(a).toEqual({ ...OUTPUTS[0], may_be_moved: true });
  expect(b).toEqual(OUTPUTS[1]);
});

describe('nothing is taken over', () => {
  const refused = async (told: string, outputs = OUTPUTS, more = {}) => {
    await expect(findKept(resumption(more), outputs, world())).rejects.toThrow(told);
  };

  test('without a record of this directory', async () => {
    await refused('has kept no directory');
    await keep();
    await refused('has kept no directory', OUTPUTS, { directory: join(folder.path, 'scratch/other') });
  });

  test.each([['arn:zero'], ['arn:on'], ['arn:one2']])(
    'for %s, which is not the execution that kept it',
    async (resumes) => {
      await keep();
      await refused('has kept no directory', OUTPUTS, { resumes });
    },
  );

  test('of another execution, although it names itself in the record', async () => {
    await keep({}, 'arn:another');
    await refused('has kept no directory');
  });

  test('while a sweep has moved the directory aside', async () => {
    await keep();
    await fileSweep.setAside({ path: join(folder.path, 'scratch'), root: folder.path }, 'one');
    await refused('a sweep has moved it aside');
    expect(await world().kept.list()).toMatchObject([{ kept: { execution: 'arn:one' } }]);
  });

  test('when the job did not write an output', async () => {
    await keep({ hasMissingOutput: true });
    await refused('did not write an output');
  });

  test.each([
    ['another destination', [output('a', { destination_path: 's3://mine/a' }), output('b/')]],
    ['another source', [output('c', { destination_path: 's3://bucket/a' }), output('b/')]],
    ['a filter', [output('a'), output('b/', { filter_config: { include: ['x'] } })]],
    ['an output less', [output('a')]],
    ['an output more', [...OUTPUTS, output('c')]],
  ])('for a demand with %s', async (_, outputs) => {
    await keep();
    await refused('are not those of', outputs);
  });

  test('when the record has no hash of the outputs', async () => {
    await keep();
    const [
      {
        kept: { transfers: _, path: __, ...old },
      } = await findKept(resumption(), OUTPUTS, world()),
    ] = await world().kept.list();
    await world().kept.note({ ...old, directory: directory() });
    await refused('are not those of');
  });

  test('through a link in the place of the directory', async () => {
    await keep();
    const link = join(folder.path, 'scratch/link');
    symlinkSync(directory(), link);
    await expect(workingDirectories.giveTo(link, 'arn:two')).rejects.toThrow('is a symbolic link');
    expect(readFileSync(owner(), 'utf8')).toBe('arn:one');
  });
});
