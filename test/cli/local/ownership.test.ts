/** A root has one local API, also when many start in it at once. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimRoot, ownerOf, tellStopping } from '../../../cli/local/ownership';
import { forgetState, readState, writeRunning } from '../../../cli/local/state';
import { noteProcess } from '../../../local/world/noted-process';

/** Claims at once; each has its own moments of reading and writing. */
const CLAIMS = 40;

let folder: string;
let root: string;
let others: ReturnType<typeof spawn>[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demand-owners-'));
  root = join(folder, 'api');
  others = [];
});
afterEach(() => {
  for (const other of others) other.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const owners = () => readdirSync(join(root, 'owners'));

function ownedBy(owner: object): void {
  mkdirSync(join(root, 'owners'), { recursive: true });
  writeFileSync(join(root, 'owners', '7'), JSON.stringify(owner));
}

async function otherProcess() {
  const other = spawn('sleep', ['60']);
  others.push(other);
  return noteProcess(other.pid ?? 0);
}

test.each([
  ['an empty root', undefined, '1'],
  ['a root whose local API was killed', { pid: 2 ** 22, processStart: '1' }, '8'],
  ['a root with a broken file', {}, '8'],
])('of all that claim %s at once, one gets it', async (_, left, number) => {
  if (left !== undefined) ownedBy(left);
  const claims = await Promise.allSettled(Array.from({ length: CLAIMS }, () => claimRoot(root)));
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const claim of claims)
    if (claim.status === 'rejected')
      expect(String(claim.reason)).toContain(`A local API runs in ${root}, process ${process.pid}`);
  expect(owners()).toEqual([number]);
});

test('a process with the id of a killed local API does not have its root', async () => {
  const other = await otherProcess();
  ownedBy(other);
  expect(await ownerOf(root)).toEqual(other);
  await expect(claimRoot(root)).rejects.toThrow(`process ${other.pid}`);
  ownedBy({ ...other, processStart: '1' });
  expect(await ownerOf(root)).toBeUndefined();
  await claimRoot(root);
});

test('a claim waits for the end of a local API that is stopping, and what that removes is not the new file', async () => {
  const stopping = await otherProcess();
  ownedBy(stopping);
  const old = { root, number: 7, owner: stopping };
  await writeRunning(old, { ...stopping, ...RUNNING });
  expect(await readState(root)).toMatchObject(RUNNING);
  await tellStopping(old);
  await forgetState(old);
  expect(await readState(root)).toEqual({ ...stopping, isStopping: true });
  let hasClaimed = false;
  const claimed = claimRoot(root).then((claim) => {
    hasClaimed = true;
    return claim;
  });
  // Longer than the pause between two looks.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(hasClaimed).toBe(false);
  others[0]?.kill('SIGKILL');
  const claim = await claimed;
  await writeRunning(claim, { ...claim.owner, ...RUNNING });
  expect(await readState(root)).toMatchObject({ pid: process.pid, ...RUNNING });
});

test('the file of a killed local API does not tell of the next one', async () => {
  const killed = { pid: 2 ** 22, processStart: '1' };
  ownedBy(killed);
  await writeRunning({ root, number: 7, owner: killed }, { ...killed, ...RUNNING });
  expect(await readState(root)).toBeUndefined();
  const { owner } = await claimRoot(root);
  expect(await readState(root)).toEqual(owner);
});

test('a new root is open only for its user, and its file for nobody else from the beginning', async () => {
  const claim = await claimRoot(root);
  writeFileSync(join(root, 'api.json.partial'), '', { mode: 0o666 });
  await writeRunning(claim, { ...claim.owner, ...RUNNING });
  expect(statSync(root).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, 'api.json')).mode & 0o777).toBe(0o600);
  expect(existsSync(join(root, 'api.json.partial'))).toBe(false);
  expect(JSON.parse(readFileSync(join(root, 'api.json'), 'utf8'))).toMatchObject(RUNNING);
});

const RUNNING = {
  endpoint: 'http://127.0.0.1:1',
  region: 'us-west-2',
  credentials: { accessKeyId: 'LOCAL', secretAccessKey: 'secret' },
  stateMachineArn: 'arn',
};
