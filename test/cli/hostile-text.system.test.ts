/** Texts from outside cannot change the terminal or forge a line: the command line shows their hidden characters. */
import { join } from 'node:path';
import { DemandProcess, type Ended } from './demand-process';
import { World, writeTree } from './world';

const ESC = '\u001b';
/** Sets the title, clears the screen, prints over the line, turns the writing direction, and begins a line of its own. */
const HOSTILE = `x${ESC}]0;owned\u0007${ESC}[2J\r\u202e\u009b31m\nforged`;
const SHOWN = 'x\\x1b]0;owned\\x07\\x1b[2J\\r\\u202e\\x9b31m\\nforged';
/** The job prints the escapes with `printf`, in a colour. */
const PRINTS = `printf '\\033[31mred\\033[0m\\033]0;owned\\007\\tb\\n'`;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

const demandOf = (...args: string[]) => new DemandProcess(world.folder, [], args).ended;

// biome-ignore lint/suspicious/noControlCharactersInRegex: These are the characters that must not be printed.
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

function expectHarmless({ stdout, stderr }: Ended): void {
  expect(stdout + stderr).not.toMatch(OBEYED);
  expect(stdout + stderr).not.toMatch(/^forged/m);
}

describe('a demand with a hostile name is told, and its characters are shown by', () => {
  test.each(['validate', 'plan', 'run'])('%s', async (verb) => {
    const demand = world.demandOf('true', { execution_type: HOSTILE });
    const ended = await world.run(verb, demand);
    expect(ended.exitCode).toBe(2);
    expectHarmless(ended);
    expect(ended.stderr).toContain(`"${SHOWN}" has characters`);
    const asJson = await world.run(verb, '--json', demand);
    expectHarmless(asJson);
    expect(JSON.parse(asJson.stdout).problems[0].message).toContain(HOSTILE);
  });
});

test('lines of the job are shown; with --colours its colours stay, and nothing else', async () => {
  const demand = world.demandOf(`${PRINTS}; false`);
  const plain = await world.run('run', demand);
  expectHarmless(plain);
  expect(plain.stdout).toContain('  | \\x1b[31mred\\x1b[0m\\x1b]0;owned\\x07\tb\n');
  const coloured = await world.run('run', '--colours', demand);
  expect(coloured.stdout).toContain(`  | ${ESC}[31mred${ESC}[0m\\x1b]0;owned\\x07\tb${ESC}[0m\n`);
});

test('a terminal shows the lines of the job, too', async () => {
  const demand = world.demandOf(`${PRINTS}; true > \${OUT}`);
  const { stdout } = await world.startUnder(['python3', join(__dirname, 'terminal.py'), '-'], 'run', demand)
    .ended;
  expect(stdout).toContain('\\x1b[31mred\\x1b[0m\\x1b]0;owned\\x07');
  expect(stdout).not.toContain(`${ESC}]0`);
});

test('keys of a sync are shown', async () => {
  const name = `x${ESC}[2J\r\u202ey`;
  writeTree(world.path('from'), { [name]: 'x' });
  const arguments_ = [world.path('from'), world.path('to'), '--dry-run'];
  const ended = await demandOf('sync', ...arguments_);
  expectHarmless(ended);
  expect(ended.stdout).toContain('copy    "x\\u001b[2J\\r\\u202ey"');
  const asJson = await demandOf('sync', ...arguments_, '--json');
  expectHarmless(asJson);
  expect(JSON.parse(asJson.stdout).copies[0].key).toBe(name);
});

describe('a mistake on the command line shows its argument:', () => {
  test.each([
    ['the verb', [HOSTILE]],
    ['an option', ['run', `--${HOSTILE}`]],
    ['a value', ['run', 'x', '--runner', HOSTILE]],
    ['the name of a file', ['run', HOSTILE]],
    [
      'a name for an execution',
      ['status', 'one', '--stage', HOSTILE, '--endpoint-url', 'http://127.0.0.1:9'],
    ],
  ])('%s', async (_, args) => {
    const ended = await demandOf(...args);
    expect(ended.exitCode).not.toBe(0);
    expectHarmless(ended);
  });
});
