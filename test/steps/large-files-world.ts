/** Folders with a file that is too large for one call, and the calls of the state machine. */
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { dataSync } from '../../src/steps/data-sync';
import { planDataSync } from '../../src/steps/plan-data-sync';
import type { DataSyncWorld } from '../../src/steps/transfer-results';
import { folderStores, plant, useFolder } from '../transfer/folders';
import { stepWorld } from './worlds';

export const MIB = 1024 ** 2;
export const SIZE = 150 * MIB + 77;

/** Writes a sparse file above the limit of this world. It has the text at its ends and in its middle. */
export function plantLarge(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const file = openSync(path, 'w');
  for (const position of [0, 64 * MIB - 3, 100 * MIB, SIZE - text.length]) writeSync(file, text, position);
  closeSync(file);
}

function worldIn(folder: string, changes: Partial<Omit<DataSyncWorld, 'settings'>>) {
  const written = new Map<string, unknown>();
  const base = stepWorld({ mounts: [] });
  return {
    ...base,
    settings: { ...base.settings, largeFileBytes: 100 * MIB },
    stores: folderStores(folder),
    writeJson: async (uri: string, document: unknown) => void written.set(uri, document),
    readJson: async (uri: string) => written.get(uri),
    ...changes,
  };
}

type World = ReturnType<typeof worldIn>;
type Plan = { batches: { requests: { byte_range?: object }[] }[]; finish_request: object };

/** Makes `a/large` and three small files at `s3://bucket/in/`. The destination is the folder `out`. */
export function useLargeFiles() {
  const folder = useFolder();
  const world = (changes: Partial<Omit<DataSyncWorld, 'settings'>> = {}) => worldIn(folder.path, changes);
  const source = () => join(folder.path, 's3/bucket/in/a/large');
  const request = (fields = {}) => ({
    source_path: 's3://bucket/in/',
    destination_path: `${folder.path}/out`,
    batch_size_bytes_limit: 80 * MIB,
    ...fields,
  });
  beforeEach(() => {
    plant(join(folder.path, 's3/bucket/in'), { 'a/before': '1', b: '2', 'c/d': '3' });
    plantLarge(source(), 'some text');
  });
  return {
    folder,
    world,
    source,
    request,
    arrived: () => readFileSync(join(folder.path, 'out/a/large')),
    plan: async (fields = {}, at: World = world()) =>
      (await planDataSync({ data_sync_request: request(fields) }, at)) as unknown as Plan,

    /** Returns a world with time for so many grains, files or parts. */
    hasty: (steps: number) => {
      let left = steps;
      return world({ time: { remainingMs: () => (left-- > 0 ? 900_000 : 0) } });
    },
  };
}

/** Calls the step until it is done, as the state machine does. @returns the number of calls, and the last answer */
export async function work(event: object, at: () => World, cursor = '') {
  let answer = { status: 'INCOMPLETE', cursor, result: { bytes_transferred: 0, files_transferred: 0 } };
  let calls = 0;
  while (answer.status === 'INCOMPLETE' && calls++ < 50)
    answer = (await dataSync(
      { ...event, cursor: answer.cursor, so_far: [answer.result] },
      at(),
    )) as typeof answer;
  return { calls, ...answer };
}
