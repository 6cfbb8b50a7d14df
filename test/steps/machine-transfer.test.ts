/** The machine repeats a call whose answer was lost, with the same event. A repeated call has the same answer. */
import { join } from 'node:path';
import fc from 'fast-check';
import { dataSync } from '../../src/steps/data-sync';
import { runs } from '../demand/arbitraries';
import { folderStores, harvest, plant, useFolder } from '../transfer/folders';
import { stepWorld } from './worlds';

const folder = useFolder();

interface Answer {
  readonly status: string;
  readonly cursor: string;
  readonly result: { readonly files_transferred: number };
}

/**
 * Calls as the machine does, until the end.
 *
 * @param lost the number of times that the answer of each call is lost, call by call
 */
async function callWithLosses(event: object, lost: readonly number[]): Promise<Answer> {
  const call = async (cursor: string) =>
    (await dataSync({ ...event, cursor }, { ...stepWorld(), stores: folderStores(folder.path) })) as Answer;
  for (let cursor = '', calls = 0; calls < 20; calls++) {
    for (let loss = 0; loss < (lost[calls] ?? 0); loss++) await call(cursor);
    const answer = await call(cursor);
    if (answer.status === 'DONE') return answer;
    cursor = answer.cursor;
  }
  throw new Error('the transfer has no end');
}

const moveOf = (name: string) => ({
  source_path: join(folder.path, 'work', name),
  destination_path: `s3://bucket/${name}`,
  retain_source_data: false,
});

const TREE = { file: '1', 'folder/a': '22', 'folder/sub/b': '333' };
const EVENTS: Readonly<Record<string, () => object>> = {
  'a file': () => ({ data_sync_request: moveOf('file'), inline: true }),
  'a folder': () => ({ data_sync_request: moveOf('folder/'), inline: true }),
  'a list of both': () => ({ data_sync_request: { requests: [moveOf('file'), moveOf('folder/')] } }),
  'a list with a copy': () => ({
    batch: { requests: [{ ...moveOf('file'), retain_source_data: true }, moveOf('folder/')] },
  }),
};

const movedOf = (kind: string) =>
  Object.entries(TREE).filter(([key]) =>
    kind === 'a file' ? key === 'file' : kind === 'a folder' ? key !== 'file' : true,
  );

test.each(Object.keys(EVENTS))('a move of %s ends well, whichever answers are lost', async (kind) => {
  const losses = fc.asyncProperty(fc.array(fc.nat(2), { maxLength: 4 }), async (lost) => {
    plant(join(folder.path, 'work'), TREE);
    await callWithLosses(EVENTS[kind]!(), lost);
    expect(harvest(join(folder.path, 's3/bucket'))).toEqual(Object.fromEntries(movedOf(kind)));
    const kept = Object.entries(TREE).filter(
      ([key]) =>
        !movedOf(kind).some(([moved]) => moved === key) || (kind === 'a list with a copy' && key === 'file'),
    );
    expect(harvest(join(folder.path, 'work'))).toEqual(Object.fromEntries(kept));
  });
  await fc.assert(losses, runs(30));
});

test('the end of a transfer in batches is repeated after its source was removed', async () => {
  plant(join(folder.path, 'work'), TREE);
  plant(join(folder.path, 's3/bucket'), { 'folder/a': '22', 'folder/sub/b': '333' });
  await callWithLosses({ finish_request: moveOf('folder/') }, [1, 2]);
  expect(harvest(join(folder.path, 'work'))).toEqual({ file: '1' });
});

test('a missing output is still an error: no call has copied it', async () => {
  await expect(callWithLosses({ data_sync_request: moveOf('file'), inline: true }, [])).rejects.toThrow(
    expect.objectContaining({ name: 'DataSourceMissing' }),
  );
});

test('a source that changes between its copy and its removal stays, and the move fails', async () => {
  plant(join(folder.path, 'work'), TREE);
  const world = () => ({ ...stepWorld(), stores: folderStores(folder.path) });
  const event = { data_sync_request: moveOf('folder/'), inline: true };
  const { cursor } = (await dataSync(event, world())) as Answer;
  plant(join(folder.path, 'work'), { 'folder/a': 'XX' });
  await expect(dataSync({ ...event, cursor }, world())).rejects.toThrow(
    expect.objectContaining({ name: 'TransferMismatch' }),
  );
  expect(harvest(join(folder.path, 'work'))).toMatchObject({ 'folder/a': 'XX', 'folder/sub/b': '333' });
});

test('the counts of a list of moves are those of its copies', async () => {
  plant(
    join(folder.path, 'work'),
    Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, 'x'])),
  );
  const requests = Array.from({ length: 50 }, (_, index) => moveOf(`f${index}`));
  const world = () => ({ ...stepWorld(), stores: folderStores(folder.path) });
  let answer: Answer | undefined;
  let calls = 0;
  let soFar: object[] = [];
  do {
    answer = (await dataSync(
      { batch: { requests }, cursor: answer?.cursor ?? '', so_far: soFar },
      world(),
    )) as Answer;
    soFar = [answer.result];
    calls++;
  } while (answer.status !== 'DONE');
  expect({ calls, files: answer.result.files_transferred }).toEqual({ calls: 4, files: 50 });
  expect(harvest(join(folder.path, 'work'))).toEqual({});
});
