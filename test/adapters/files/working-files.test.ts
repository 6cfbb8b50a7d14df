import { execFileSync } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ownerOf, workingDirectories, workingFiles } from '../../../src/adapters/files/working-files';

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
  ['without a mode has 0644', undefined, 0o644],
  ['with the mode 0640 has it', 0o640, 0o640],
])('an environment file %s under any umask', async (_, mode, expected) => {
  const path = join(folder, '.demand.env');
  await workingFiles(mode).writeFile({ path, content: "export A='1'" });
  expect(readFileSync(path, 'utf8')).toBe("export A='1'");
  expect(modeOf(path)).toBe(expected);
});

describe('a hidden environment file', () => {
  const path = (name = 'a0b1') => join(folder, '.demand.env', name);
  const write = (name?: string) =>
    workingFiles().writeFile({ path: path(name), content: 'x', isHidden: true });

  test('is in a folder that others can enter but not list, under any umask', async () => {
    await write();
    await write('c2d3');
    expect(modeOf(dirname(path()))).toBe(0o711);
    expect(modeOf(path())).toBe(0o644);
    expect(readdirSync(dirname(path())).sort()).toEqual(['a0b1', 'c2d3']);
  });

  test('is not written into a folder that another user has made, and could list', async () => {
    const isRoot = process.getuid?.() === 0;
    mkdirSync(dirname(path()));
    if (isRoot) chownSync(dirname(path()), 12_345, 12_345);
    const written = await write().then(
      () => 'written',
      (error: Error) => error.message,
    );
    // Only root can make the folder of another user.
    expect(written).toMatch(isRoot ? /belongs to another user, who could list it/ : /^written$/);
    expect(readdirSync(dirname(path()))).toEqual(isRoot ? [] : ['a0b1']);
  });

  test.each([
    ['a link', () => symlinkSync(join(folder, 'elsewhere'), join(folder, '.demand.env'))],
    ['a file', () => writeFileSync(join(folder, '.demand.env'), '')],
  ])('is not written when %s is in the place of its folder', async (_, plant) => {
    mkdirSync(join(folder, 'elsewhere'));
    plant();
    await expect(write()).rejects.toThrow();
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
    expect(modeOf(join(folder, 'elsewhere'))).toBe(0o700);
  });
});

test('an existing file is replaced in one step, and nothing stays beside it', async () => {
  const path = join(folder, '.demand.env');
  await workingFiles().writeFile({ path, content: 'a long first content' });
  await workingFiles().writeFile({ path, content: 'second' });
  expect(readFileSync(path, 'utf8')).toBe('second');
  expect(readdirSync(folder)).toEqual(['.demand.env']);
});

test('a file that cannot be put in place leaves nothing behind', async () => {
  const path = join(folder, 'taken');
  mkdirSync(join(path, 'by a folder'), { recursive: true });
  await expect(workingFiles().writeFile({ path, content: 'x' })).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('an existing directory is no error', async () => {
  const path = join(folder, 'a', 'b');
  await workingFiles().makeDirectory(path);
  await workingFiles().makeDirectory(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

describe('a directory of one execution', () => {
  const path = () => join(folder, 'scratch', 'run-1');
  const files = workingFiles();

  test('is made once, with the mode 0755, and found again by its owner', async () => {
    expect(await files.claimDirectory(path(), 'one')).toBe(true);
    expect(modeOf(path())).toBe(0o755);
    expect(modeOf(join(path(), '.demand.owner'))).toBe(0o644);
    expect(await files.claimDirectory(path(), 'one')).toBe(false);
    expect(readdirSync(dirname(path()))).toEqual(['run-1']);
  });

  test('belongs to the owner of the folder that it is in; the files of the service in it do not', async () => {
    const jobs = process.getuid?.() === 0 ? 12_345 : (process.getuid?.() ?? 0);
    mkdirSync(dirname(path()));
    chownSync(dirname(path()), jobs, process.getgid?.() ?? 0);
    await files.claimDirectory(path(), 'one');
    await files.writeFile({ path: join(path(), '.demand.env', 'a0b1'), content: 'x', isHidden: true });
    const ownerOf = (name: string) => statSync(join(path(), name)).uid;
    expect(ownerOf('.')).toBe(jobs);
    expect(['.demand.owner', '.demand.env', '.demand.env/a0b1'].map(ownerOf)).toEqual(
      Array.from({ length: 3 }, () => process.getuid?.()),
    );
  });

  test('may have a name of 255 bytes', async () => {
    const longest = join(folder, 'x'.repeat(255));
    expect(await files.claimDirectory(longest, 'one')).toBe(true);
    await files.writeFile({ path: join(longest, 'y'.repeat(255)), content: '' });
    expect(readdirSync(folder)).toEqual([basename(longest)]);
  });

  test("is refused to other executions, with its owner's name", async () => {
    await files.claimDirectory(path(), 'one');
    await expect(files.claimDirectory(path(), 'two')).rejects.toMatchObject({
      name: 'WorkingDirectoryInUse',
      message: expect.stringContaining('belongs to one'),
    });
    expect(readFileSync(join(path(), '.demand.owner'), 'utf8')).toBe('one');
    expect(readdirSync(dirname(path()))).toEqual(['run-1']);
  });

  test('has one owner after ten concurrent calls', async () => {
    const owners = Array.from({ length: 10 }, (_, index) => `execution-${index}`);
    const claims = await Promise.allSettled(owners.map((owner) => files.claimDirectory(path(), owner)));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test.each([
    ['contains foreign files', () => mkdirSync(join(path(), 'data'), { recursive: true })],
    ['is a file', () => writeFileSync(path(), 'x')],
    ['is a link', () => symlinkSync(folder, path())],
  ])('is not what %s', async (_, plant) => {
    mkdirSync(dirname(path()));
    plant();
    await expect(files.claimDirectory(path(), 'one')).rejects.toMatchObject({
      name: 'WorkingDirectoryInUse',
    });
  });
});

describe('a folder that a late writer has made where the working directory was', () => {
  const { inspect, removeIfEmpty } = workingDirectories;
  const path = () => join(folder, 'run-1');

  test('is removed when it has no file', async () => {
    mkdirSync(join(path(), 'in/deep'), { recursive: true });
    await removeIfEmpty(path());
    await removeIfEmpty(path());
    expect(await inspect(path())).toBeUndefined();
  });

  test('stays when it has a file', async () => {
    mkdirSync(join(path(), 'in/deep'), { recursive: true });
    writeFileSync(join(path(), 'in/a'), 'A');
    await removeIfEmpty(path());
    expect(readdirSync(path(), { recursive: true }).sort()).toEqual(['in', 'in/a']);
  });

  test('is not removed through a link', async () => {
    mkdirSync(join(folder, 'elsewhere/empty'), { recursive: true });
    symlinkSync(join(folder, 'elsewhere'), path());
    await removeIfEmpty(path());
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['empty']);
  });
});

test('no environment file is written through a link', async () => {
  mkdirSync(join(folder, 'elsewhere'));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'run-1'));
  const file = { path: join(folder, 'run-1', '.demand.env'), content: 'x' };
  await expect(workingFiles().writeFile(file)).rejects.toMatchObject({ name: 'UnsafePath' });
  expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
});

describe('the owner of a directory', () => {
  const directory = () => join(folder, 'job');
  const owner = () => join(directory(), '.demand.owner');
  beforeEach(() => mkdirSync(directory()));

  test.each<[string, () => unknown]>([
    ['a FIFO', () => execFileSync('mkfifo', [owner()])],
    ['a folder', () => mkdirSync(owner())],
    ['a link to a file', () => symlinkSync('/etc/hostname', owner())],
    ['a link to a device', () => symlinkSync('/dev/zero', owner())],
    ['no entry', () => undefined],
  ])('is unknown when a job puts %s in its place', async (_, put) => {
    put();
    expect(await ownerOf(directory())).toBeUndefined();
  });

  test('is read from the begin of a large file', async () => {
    writeFileSync(owner(), 'arn');
    truncateSync(owner(), 1024 ** 3);
    expect(await ownerOf(directory())).toHaveLength(4096);
  });
});
