/** The claim of a working directory, under a real bash. */
import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CLAIM_EXITS } from '../../src/batch/claim';
import { useFolder } from '../transfer/folders';
import { ClaimedDirectory, type JobEnd, OWNER } from './claimed-directory';

const folder = useFolder();
const directory = (inputs: Readonly<Record<string, string>> = { 'in/a': 'A', b: 'B' }) =>
  new ClaimedDirectory(join(folder.path, 'scratch', 'run-1'), inputs);
const ok: JobEnd = { code: 0, stderr: '' };
/** A job that adds a line to its output: two runs in one directory would show. */
const WORK = 'echo line >> out; mkdir -p more; echo x > more/x';

test('the first job claims the directory, and runs its command there', async () => {
  const one = directory();
  expect(await one.run('job-1', WORK)).toEqual(ok);
  expect(one.files()).toEqual({ 'in/a': 'A', b: 'B', out: 'line\n', 'more/x': 'x\n' });
  expect(readlinkSync(join(one.path, '.demand.claim.1'))).toBe('job-1');
});

test('the exit code is that of the command, and the claim leaves no settings behind', async () => {
  const one = directory({});
  expect(await one.run('job-1', 'exit 7')).toEqual({ code: 7, stderr: '' });
  expect(
    await one.run(
      'job-1',
      '[ -z "$holder$claim" ] && [ "$(echo .d*)" != "" ] && [ "$(echo none*)" = "none*" ]',
    ),
  ).toEqual(ok);
});

test('a second job does nothing, and tells which job has the directory', async () => {
  const one = directory();
  await one.run('job-1', WORK);
  const { code, stderr } = await one.run('job-2', 'echo second >> out; false; echo third >> out');
  expect(code).toBe(CLAIM_EXITS.claimed);
  expect(stderr).toContain('demand: the job job-1 has claimed the working directory');
  expect(one.files().out).toBe('line\n');
});

test('the ids of the children of an array are claims of their own', async () => {
  const one = directory();
  expect(await one.run('job-1:0', WORK)).toEqual(ok);
  expect((await one.run('job-1:1', WORK)).code).toBe(CLAIM_EXITS.claimed);
  expect(await one.run('job-1:0', WORK)).toEqual(ok);
});

test('a claim that was created although its answer was lost counts as own', async () => {
  const one = directory();
  symlinkSync('job-1', join(one.path, '.demand.claim.1'));
  expect(await one.run('job-1', WORK)).toEqual(ok);
});

describe('a job after another', () => {
  test('takes the claim over from the job that has ended, and from no other', async () => {
    const one = directory();
    await one.run('job-1', WORK);
    expect((await one.run('job-2', WORK, { previous: 'job-0' })).code).toBe(CLAIM_EXITS.claimed);
    expect(await one.run('job-2', WORK, { previous: 'job-1' })).toEqual(ok);
    expect(one.files().out).toBe('line\n');
  });

  test('is refused when a third job has taken the claim over before', async () => {
    const one = directory();
    await one.run('job-1', WORK);
    await one.run('job-2', WORK, { previous: 'job-1' });
    expect((await one.run('job-3', WORK, { previous: 'job-1' })).code).toBe(CLAIM_EXITS.claimed);
    expect((await one.run('job-1', WORK)).code).toBe(CLAIM_EXITS.claimed);
    expect(await one.run('job-2', WORK, { previous: 'job-1' })).toEqual(ok);
  });

  test('takes the claim over from any of the jobs before, as the last of them may not have started', async () => {
    const one = directory();
    await one.run('job-1', WORK);
    expect((await one.run('job-3', WORK, { previous: 'job-2 job-10' })).code).toBe(CLAIM_EXITS.claimed);
    expect(await one.run('job-3', WORK, { previous: 'job-2 job-1' })).toEqual(ok);
  });
});

describe('a directory of nobody else', () => {
  test('is needed: a job that starts after the removal makes nothing', async () => {
    const one = directory();
    rmSync(one.path, { recursive: true });
    expect((await one.run('job-1', WORK)).code).toBe(CLAIM_EXITS.notOurs);
    expect(() => one.files()).toThrow('ENOENT');
  });

  test.each([
    ['another execution', `${OWNER}--2`],
    ['a prefix of the owner', OWNER.slice(0, -1)],
  ])('is needed: a job of %s changes nothing', async (_, owner) => {
    const one = directory();
    const { code, stderr } = await one.run('job-1', WORK, { owner });
    expect(code).toBe(CLAIM_EXITS.notOurs);
    expect(stderr).toContain(`belongs to ${OWNER}, and this job to ${owner}`);
    expect(one.files()).toEqual({ 'in/a': 'A', b: 'B' });
  });

  test('is needed: a directory without an owner belongs to no job', async () => {
    const one = directory();
    rmSync(join(one.path, '.demand.owner'));
    const { code, stderr } = await one.run('job-1', WORK);
    expect([code, stderr]).toEqual([CLAIM_EXITS.notOurs, expect.stringContaining('belongs to no execution')]);
  });
});

test('a job without an id claims nothing', async () => {
  expect((await directory().run('', WORK)).code).toBe(CLAIM_EXITS.failed);
});

test('a file in the place of the claim is told, and no command runs', async () => {
  const one = directory({ '.demand.claim.1': 'x' });
  expect(await one.run('job-1', WORK)).toEqual({
    code: CLAIM_EXITS.failed,
    stderr: expect.stringContaining('could not be claimed'),
  });
  expect(one.files()).toEqual({});
});

describe('a second attempt of the same job', () => {
  const again = async (first: string, inputs?: Readonly<Record<string, string>>) => {
    const one = directory(inputs);
    await one.run('job-1', first);
    return { one, end: await one.run('job-1', WORK) };
  };

  test('begins with the inputs only: the files of the first are set aside', async () => {
    const { one, end } = await again(
      `${WORK}; echo new > in/new; mkdir -p in/deep/er; echo d > in/deep/er/d`,
    );
    expect(end).toEqual(ok);
    expect(one.files()).toEqual({ 'in/a': 'A', b: 'B', out: 'line\n', 'more/x': 'x\n' });
    expect(one.aside()).toEqual({
      '1/out': 'line\n',
      '1/more/x': 'x\n',
      '1/in/new': 'new\n',
      '1/in/deep/er/d': 'd\n',
    });
  });

  test('sets files aside in a folder of their own for each attempt', async () => {
    const { one } = await again(WORK);
    await one.run('job-1', 'true');
    expect(Object.keys(one.aside())).toEqual(expect.arrayContaining(['1/out', '2/out']));
    expect(one.files()).toEqual({ 'in/a': 'A', b: 'B' });
  });

  test.each([
    ['hidden', 'echo x > .hidden'],
    ['with a name of ours', 'echo x > .demand.other'],
    ['in a hidden folder', 'mkdir .h && echo x > .h/x'],
    ['with spaces, quotes, line ends and wildcards', `echo x > $'a b\\n"\\'*[x]$(id)'`],
    ['whose name is not UTF-8', `echo x > $'\\xff\\xfe'`],
    ['that is a dash and an option', 'echo x > -rf'],
    ['that is a link to nothing', 'ln -s nowhere link'],
    ['that is a link to an input', 'ln -s in link'],
    ['that is an empty folder', 'mkdir empty'],
    ['that is a pipe', 'mkfifo pipe'],
  ])('sets aside an entry %s', async (_, first) => {
    const { one, end } = await again(first);
    expect(end).toEqual(ok);
    const { code } = await one.run(
      'job-1',
      '[ "$(ls -A | grep -v "^[.]demand[.][aceos]")" = "$(printf "b\\nin")" ]',
    );
    expect(code).toBe(0);
  });

  test.each([
    ['a folder like that of a cache', 'mkdir -p cache/a; echo x > cache/a/x; chmod -R a-w cache'],
    ['a folder that nobody may read', 'mkdir none; echo x > none/x; chmod 0 none'],
    ['a folder in an input', 'mkdir in/more; echo x > in/more/x; chmod 555 in/more in'],
    ['an input folder that nobody may read', 'echo x > in/x; chmod 0 in'],
    ['the working directory', 'echo x > x; chmod 0 .'],
  ])('sets aside what a user who is not root has made read-only: %s', async (_, first) => {
    const one = directory();
    one.giveAway();
    expect(await one.run('job-1', first, { isUser: true })).toEqual(ok);
    expect(await one.run('job-1', WORK, { isUser: true })).toEqual(ok);
    expect(one.files()).toEqual({ 'in/a': 'A', b: 'B', out: 'line\n', 'more/x': 'x\n' });
  });

  test.each([
    ['changed', 'echo x >> in/a', 'in/a'],
    ['changed to another of the same size', 'printf X > b', 'b'],
    ['replaced by an older file', 'echo B > c; touch -d 2001-01-01 c; mv c b', 'b'],
    ['removed', 'rm in/a', 'in/a'],
    ['removed with its folder', 'rm -r in', 'in/a'],
    ['replaced by a folder', 'rm b; mkdir b', 'b'],
    ['replaced by a link to it', 'mv b c; ln -s c b', 'b'],
    ['moved', 'mv in moved', 'in/a'],
  ])('does not begin when an input was %s', async (_, first, named) => {
    const { one, end } = await again(`sleep 0.01; ${first}`);
    expect(end).toEqual({ code: CLAIM_EXITS.inputsChanged, stderr: expect.stringContaining(`./${named} `) });
    expect(one.files().out).toBeUndefined();
  });

  test('begins when an input has other rights', async () => {
    const { end } = await again('chmod 755 b; cat in/a');
    expect(end).toEqual(ok);
  });

  test('begins with more inputs than one look has', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 450 }, (_, n) => [`in/${n % 7}/f ${n}\n*`, String(n)]),
    );
    const { one, end } = await again(`${WORK}; echo x > in/3/new`, many);
    expect(end).toEqual(ok);
    expect(one.files()).toEqual({ ...many, out: 'line\n', 'more/x': 'x\n' });
  });

  test('is not deceived by variables of the demand or the image that change bash', async () => {
    const one = directory({ 'in/.hidden': 'h', b: 'B' });
    const variables = {
      GLOBIGNORE: '*',
      LC_ALL: 'C.UTF-8',
      CDPATH: '/tmp',
      TZ: 'Asia/Tokyo',
      FUNCNEST: '1',
    };
    await one.run('job-1', WORK, { variables });
    expect(await one.run('job-1', WORK, { variables })).toEqual(ok);
    expect(one.files()).toEqual({ 'in/.hidden': 'h', b: 'B', out: 'line\n', 'more/x': 'x\n' });
  });

  test.each(['errexit', 'noglob'])('begins in an image whose shell has the option %s', async (option) => {
    const one = directory();
    const variables = { SHELLOPTS: option };
    expect(await one.run('job-1', WORK, { variables })).toEqual(ok);
    expect(await one.run('job-1', WORK, { variables })).toEqual(ok);
    expect(one.files()).toEqual({ 'in/a': 'A', b: 'B', out: 'line\n', 'more/x': 'x\n' });
  });
});

describe('the list of the staged files', () => {
  test('is made again when the first attempt ended before it was complete', async () => {
    const one = directory();
    await one.run('job-1', 'true');
    renameSync(join(one.path, '.demand.start'), join(one.path, '.demand.start.partial'));
    one.write({ 'in/late': 'staged later' });
    expect(await one.run('job-1', WORK)).toEqual(ok);
    expect(one.aside).toThrow();
  });

  test('is refused when its end is missing', async () => {
    const one = directory();
    await one.run('job-1', 'true');
    one.write({ '.demand.start': '' });
    expect((await one.run('job-1', WORK)).code).toBe(CLAIM_EXITS.failed);
    expect(one.files()).toEqual({ 'in/a': 'A', b: 'B' });
  });
});
