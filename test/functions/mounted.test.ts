/** The handlers of the functions look at their mounts: before their work for a wrong one, and meanwhile for a stalled one. */
import { join } from 'node:path';
import { FileSystemStalled } from '../../src/errors';
import { CALLED_BY_OTHERS, ONCE_FOR_EACH_FILE_SYSTEM } from '../../src/machines/functions';
import { UNRESTRICTED, writeRules } from '../../src/rules/model';
import { harvest, plant, useFolder } from '../transfer/folders';

const mockWatch = { stalls: false, watched: [] as string[] };
jest.mock('../../src/adapters/files/mount-watch', () => ({
  whileMountsAnswer: (
    mounts: readonly { readonly path: string }[],
    task: (signal: AbortSignal) => Promise<unknown>,
  ) => {
    mockWatch.watched.push(...mounts.map(({ path }) => path));
    return mockWatch.stalls
      ? Promise.reject(new FileSystemStalled('stalled'))
      : task(new AbortController().signal);
  },
}));

const folder = useFolder();
const PROOF = '.demand.file-system';

/** Functions whose time is short, or that have to use it all; and those for machines of the original. */
const UNWATCHED: readonly string[] = ['buildContext', 'cleanUpAfter', ...CALLED_BY_OTHERS];
/** The function `scaffolding` asks EFS first. Its mounts come from the same code. */
const PROVING = [...ONCE_FOR_EACH_FILE_SYSTEM, ...CALLED_BY_OTHERS].filter((name) => name !== 'scaffolding');

const environment = process.env;
beforeEach(() => {
  mockWatch.stalls = false;
  mockWatch.watched = [];
  process.env = {
    ...environment,
    AWS_REGION: 'us-east-1',
    ENV_BASE: 'test',
    TEMP_BUCKET: 'temp',
    DEMAND_RULES: writeRules(UNRESTRICTED),
    ACCESS_POINTS: '[]',
    DATA_SYNC_FUNCTION: 'data-sync',
    DATA_SYNC_TASK_FUNCTION: 'data-sync-task',
    EFS_MOUNT_POINT_PATH_MAIN: folder.path,
    EFS_MOUNT_POINT_ID_MAIN: 'fs-1',
    POWERTOOLS_DEV: 'false',
  };
  // The lines of the functions are no output of this test.
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  jest.resetModules();
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

async function call(name: string): Promise<unknown> {
  const folderOf = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const { handler } = await import(join(__dirname, '../../functions', folderOf, 'handler'));
  const context = { awsRequestId: 'one', getRemainingTimeInMillis: () => 60_000 };
  return handler({}, context).then(
    () => 'succeeded',
    (error: Error) => error.name,
  );
}

test.each(PROVING)('%s refuses a mount that shows another file system, and writes nothing', async (name) => {
  plant(folder.path, { [PROOF]: 'fs-2:/\n' });
  expect(await call(name)).toBe('FileSystemMismatch');
  expect(harvest(folder.path)).toEqual({ [PROOF]: 'fs-2:/\n' });
});

test.each(ONCE_FOR_EACH_FILE_SYSTEM.filter((name) => !UNWATCHED.includes(name)))(
  '%s fails when its mount has not answered',
  async (name) => {
    mockWatch.stalls = true;
    expect(await call(name)).toBe('FileSystemStalled');
    expect(mockWatch.watched).toEqual([folder.path]);
  },
);
