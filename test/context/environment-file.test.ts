/** Real shells read the environment file. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { workingFiles } from '../../src/adapters/files/working-files';
import { renderEnvironmentFile } from '../../src/context/environment';
import { buildContext } from '../../src/steps/build-context';
import { resolveEfs } from '../../src/steps/resolve-efs';
import { anyCharacter } from '../characters';
import { demandOf, runs } from '../demand/arbitraries';
import { stepWorld } from '../steps/worlds';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environment '));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Returns the environment of a program that the shell starts. */
function readBack(shell: string, path: string): Map<string, string> {
  const found = execFileSync(shell, ['-c', '. "$1" && env -0', shell, path], {
    env: { PATH: process.env.PATH },
    // With a socket as its input, bash assumes a remote login and reads its settings.
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const entries = found.toString('utf8').split('\0').slice(0, -1);
  return new Map(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

function throughShell(shell: string, values: readonly string[]): (string | undefined)[] {
  const path = join(folder, 'file');
  writeFileSync(path, renderEnvironmentFile(new Map(values.map((value, index) => [`V${index}`, value]))));
  const found = readBack(shell, path);
  return values.map((_, index) => found.get(`V${index}`));
}

const HOSTILE = [
  '',
  ' ',
  "'",
  "''",
  "'\\''",
  '"',
  '\\',
  '\\n',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  '$HOME ${HOME} $(id) `id` $((1+1)) $$ !!',
  '-rf',
  '--',
  '~',
  '*',
  '# no comment',
  'a; exit 1',
  "'; exit 1; '",
  '&& false',
  'export V0=x',
  'é\u{1F600}\u0301\ufeff\u2028',
  '\u0001\u001b[31m\u007f',
  '\uffff\u{10ffff}',
  'x'.repeat(100_000),
];

describe.each(['bash', 'sh'])('%s', (shell) => {
  test('reads back the texts that break a careless shell script', () => {
    expect(throughShell(shell, HOSTILE)).toEqual(HOSTILE);
  });

  test('reads back every byte of any text', () => {
    const piece = fc.oneof(
      fc.constantFrom("'", '"', '\\', '$', '`', '\n', '\r', '!', ' ', '-', '#', '=', '{', '}', '$(', '${'),
      fc.string({ unit: anyCharacter, maxLength: 6 }),
    );
    const value = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('').replaceAll('\0', ''));
    const isReadBack = fc.property(fc.array(value, { minLength: 200, maxLength: 200 }), (values) => {
      expect(throughShell(shell, values)).toEqual(values);
    });
    fc.assert(isReadBack, runs(10));
  });
});

test('in a whole context, each variable is in the environment of the job or in the file', async () => {
  const params = Object.fromEntries(HOSTILE.slice(0, -1).map((value, index) => [`v.${index}`, value]));
  const world = {
    ...stepWorld({ mounts: [{ path: folder, fileSystemId: 'fs-1', root: '/' }] }),
    files: workingFiles(),
  };
  const request = demandOf({ command: ['echo', '$V_3'], params: { ...params, 'v.12': '${V_13}`id`$(id)' } });
  const volumes = await resolveEfs(request, world);
  const { setup_configs } = await buildContext({ request, volumes }, world);
  const { environment } = setup_configs.batch_create_request;
  const path = join(folder, 'scratch/run-1/.demand.env');
  const found = readBack('bash', path);
  expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(false);
  expect(environment).toMatchObject({
    V_3: HOSTILE[3],
    _ENVIRONMENT_FILE: '/opt/efs/scratch/run-1/.demand.env',
  });
  for (const [index, value] of HOSTILE.slice(0, -1).entries()) {
    const expected = index === 12 ? '-rf`id`$(id)' : value;
    expect(found.get(`V_${index}`) ?? environment[`V_${index}`]).toBe(expected);
    expect(found.has(`V_${index}`)).toBe(index !== 3);
  }
});
