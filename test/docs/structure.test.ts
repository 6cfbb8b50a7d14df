/** docs/structure.md names every room, and a room imports only rooms in lines below its own. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const PROJECT = join(__dirname, '../..');
const [, table = ''] = readFileSync(join(PROJECT, 'docs/structure.md'), 'utf8').split('| room');
const rooms = Array.from(
  table.slice(0, table.indexOf('\n\n')).matchAll(/^\| `([^`]+)`/gm),
  ([, room = '']) => room,
);
const TOPS = ['cli', 'local', 'schemas', 'functions', 'deployment', 'src'];
const files = globSync(
  TOPS.map((top) => `${top}/**/*.ts`),
  { cwd: PROJECT },
);
const IMPORT = /(?:from|import\()\s*'(\.[^']+)'/g;

function roomOf(file: string): string | undefined {
  const around = rooms.filter((room) => file === room || (room.endsWith('/') && file.startsWith(room)));
  return around.toSorted((one, other) => other.length - one.length)[0];
}

function upwardImports(file: string): string[] {
  const here = rooms.indexOf(roomOf(file) ?? '');
  return Array.from(readFileSync(join(PROJECT, file), 'utf8').matchAll(IMPORT), ([, path = '']) =>
    normalize(join(dirname(file), path)),
  )
    .map((imported) => (/\.\w+$/.test(imported) ? imported : `${imported}.ts`))
    .filter((imported) => rooms.indexOf(roomOf(imported) ?? '') < here && roomOf(imported) !== undefined)
    .map((imported) => `${file} imports ${imported}`);
}

test('each source file is in a room of the table', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
});

test('each room of the table has files', () => {
  expect(rooms.filter((room) => !files.some((file) => roomOf(file) === room))).toEqual([]);
});

test('no room imports a room above it', () => {
  expect(files.flatMap(upwardImports)).toEqual([]);
});

test('the walls around the core hold for all of src/ except the adapters', () => {
  const { overrides } = JSON.parse(readFileSync(join(PROJECT, 'biome.json'), 'utf8'));
  const walled: string[] = overrides.find(({ includes }: { includes: string[] }) =>
    includes.includes('src/wire/**'),
  ).includes;
  const core = rooms.filter((room) => room.startsWith('src/') && room !== 'src/adapters/');
  expect(walled.toSorted()).toEqual(core.map((room) => (room.endsWith('/') ? `${room}**` : room)).toSorted());
});
