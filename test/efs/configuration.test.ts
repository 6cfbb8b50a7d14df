import fc from 'fast-check';
import { chooseCandidates, fileSystemConfigurationsSchema } from '../../src/efs/configuration';
import { readModel, tryModel } from '../../src/wire/schema';
import { anyCharacter } from '../characters';
import { runs } from '../demand/arbitraries';

const read = (given: unknown) => readModel(fileSystemConfigurationsSchema, given);
const choose = (given: unknown, id = 'run-1') => chooseCandidates(read(given), id);
const problemsOf = (given: unknown) =>
  tryModel(fileSystemConfigurationsSchema, given).problems.map(({ pointer }) => pointer);

test('scratch and shared have defaults; tmp exists only when it is configured', () => {
  expect(choose({})).toEqual({
    scratch: { role: 'scratch', accessPoint: 'scratch', containerPath: '/opt/efs/scratch' },
    shared: { role: 'shared', accessPoint: 'shared', containerPath: '/opt/efs/shared' },
  });
  expect(choose({ tmp: {} }).tmp).toEqual({
    role: 'tmp',
    accessPoint: 'tmp',
    containerPath: '/opt/efs/tmp',
  });
});

test.each([
  ['null', { tmp: null }],
  ['an empty list', { tmp: [] }],
  ['undefined', { tmp: undefined }],
])('%s configures no tmp', (_, given) => {
  expect(choose(given)).not.toHaveProperty('tmp');
});

test('an empty text counts as absent', () => {
  const empty = { file_system: '', accessPoint: '', container_path: null };
  expect(choose({ scratch: empty }).scratch).toEqual(choose({}).scratch);
});

test.each([
  ['/', '/'],
  ['//a//b/', '/a/b'],
  ['/./a/.', '/a'],
  ['/a/...', '/a/...'],
  ['/a..b', '/a..b'],
])('the container path %s is written %s', (containerPath, expected) => {
  expect(choose({ scratch: { containerPath } }).scratch.containerPath).toBe(expected);
});

test.each(['a', '', ' /a', '/..', '/a/..', '/a/../b', '/a\n/../b', '/\n/..', '/a\0'])(
  'the container path %j is refused',
  (path) => {
    expect(problemsOf({ scratch: { container_path: path } })).toEqual(['/scratch/container_path']);
  },
);

test('each mistake has its place, for one candidate and for a list', () => {
  expect(
    problemsOf({
      scratch: { file_system: 5 },
      shared: [{}, { access_point: {} }, null],
      tmp: 'tmp',
      selectionStrategy: 'FIRST',
    }),
  ).toEqual(['/scratch/file_system', '/shared/1/access_point', '/shared/2', '/tmp', '/selection_strategy']);
});

test.each([
  ['an empty list', []],
  ['null', null],
  ['false', false],
])('%s is refused as the configuration of scratch', (_, scratch) => {
  expect(problemsOf({ scratch })).toEqual(['/scratch']);
});

test('the choice is one of the candidates, and the same for the same id', () => {
  const candidates = [{ access_point: 'a' }, { access_point: 'b' }, { access_point: 'c' }];
  const chosen = new Set<string>();
  const isSteady = fc.property(
    fc.string({ unit: anyCharacter }),
    fc.integer({ min: 1, max: 3 }),
    (id, size) => {
      const given = { scratch: candidates.slice(0, size), shared: candidates };
      const { scratch } = choose(given, id);
      expect(['a', 'b', 'c'].slice(0, size)).toContain(scratch.accessPoint);
      expect(choose(given, id)).toEqual(choose(given, id));
      chosen.add(scratch.accessPoint);
    },
  );
  fc.assert(isSteady, runs(200));
  expect(chosen.size).toBe(3);
});
