import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileSweepNotes, removeOldNotes } from '../../../src/adapters/files/file-sweep-notes';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();
const names = () => readdirSync(join(folder.path, '.demand.leases/sweeps'));

test('each part of the notes of each sweep is read as it was written, the last time', async () => {
  const notes = fileSweepNotes(folder.path);
  await notes.write('one', 0, 'old');
  await notes.write('one', 0, 'a');
  await notes.write('one', 1, 'b');
  await notes.write('two', 0, 'c');
  const read = [notes.read('one', 0), notes.read('one', 1), notes.read('two', 0)];
  expect(await Promise.all(read)).toEqual(['a', 'b', 'c']);
  expect(names()).toHaveLength(3);
});

test('the end of a sweep removes its own notes only', async () => {
  const notes = fileSweepNotes(folder.path);
  await notes.drop('never written');
  await notes.write('one', 0, 'a');
  await notes.write('one', 1, 'b');
  await notes.write('two', 0, 'c');
  await notes.drop('one');
  expect(names()).toHaveLength(1);
  expect(await notes.read('two', 0)).toBe('c');
});

test('old notes are counted by a dry run, and removed by another', async () => {
  const at = (now: number, isDryRun: boolean) => removeOldNotes(folder.path, 60_000, { now, isDryRun });
  expect(await at(Date.now(), false)).toBe(0);
  await fileSweepNotes(folder.path).write('one', 0, 'a');
  const later = Date.now() + 120_000;
  expect(await at(Date.now(), false)).toBe(0);
  expect([await at(later, true), names().length]).toEqual([1, 1]);
  expect([await at(later, false), names().length]).toEqual([1, 0]);
});
