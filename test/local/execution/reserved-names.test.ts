/** A job that names its outputs like the files of the service, or with bytes that are no text. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDemand } from '../../../local/execution/run';
import { LocalRoot } from '../../../local/world/root';
import { demandOf } from '../../demand/arbitraries';
import { useFolder } from '../../transfer/folders';

const folder = useFolder();

async function run(command: string) {
  const root = new LocalRoot(join(folder.path, 'root'));
  const demand = demandOf({
    command: [`mkdir -p \${OUT} && cd \${OUT} && ${command}`],
    params: { out: 'out @ s3://bucket/out/' },
    outputs: ['out'],
  });
  const result = await runDemand(demand, {
    root,
    runner: 'process',
    inlineLimits: { maxBytes: 1e9, maxFiles: 1e6 },
    signal: new AbortController().signal,
    listener: () => undefined,
    hostEnvironment: process.env,
    now: Date.now,
  });
  const out = join(root.fileSystem('scratch'), 'run-1', 'out');
  return { result, out, stored: join(root.s3, 'bucket/out') };
}

const mark = `.${createHash('sha1').update('s3://bucket/out/').digest('hex').slice(0, 12)}.moved.partial`;

test.each([
  ['.demand.verified', 'echo x > .demand.verified'],
  ['in/.demand.leases/x', 'mkdir -p in/.demand.leases && echo x > in/.demand.leases/x'],
  ['.demand.partial/a/b', 'mkdir -p .demand.partial/a && echo x > .demand.partial/a/b'],
  ['.0123456789ab.0123456789ab.partial', 'echo x > .0123456789ab.0123456789ab.partial'],
  [mark, `echo x > ${mark}`],
])('the output %s is not skipped: the demand fails, names it, and keeps it', async (key, command) => {
  const { result, out } = await run(`echo good > good && ${command}`);
  expect(result).toMatchObject({ status: 'FAILED', failure: { error: 'UnsafePath' } });
  expect(JSON.stringify(result)).toContain(`\\"${key}\\" has a name of the service's own files`);
  expect(readFileSync(join(out, key), 'utf8')).toBe('x\n');
});

test.each([
  ['a file', `echo x > $'bad-\\xff'`, 'bad-\\\\xff'],
  ['a folder', `mkdir $'\\x80' && echo x > $'\\x80/file'`, '\\\\x80/file'],
])('%s with a name that is not UTF-8 is not skipped', async (_, command, shown) => {
  const { result, out, stored } = await run(`echo good > good && ${command}`);
  expect(result).toMatchObject({ status: 'FAILED', failure: { error: 'UnsafePath' } });
  expect(JSON.stringify(result)).toContain(
    JSON.stringify(`"${shown.replace('\\\\', '\\')}" has a name that is not UTF-8`).slice(1, -1),
  );
  expect(existsSync(join(out, 'good'))).toBe(true);
  expect(existsSync(join(stored, 'good'))).toBe(false);
});

test.each(['.nfs000000000001', '.x.removing', '.demand.env', '.hidden'])(
  'the output %s is stored as any other',
  async (name) => {
    const { result, stored } = await run(`echo x > ${name}`);
    expect(result).toMatchObject({ status: 'SUCCEEDED' });
    expect(readFileSync(join(stored, name), 'utf8')).toBe('x\n');
  },
);
