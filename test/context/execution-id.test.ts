import { executionIdProblems } from '../../src/context/paths';
import { chooseCandidates, fileSystemConfigurationsSchema } from '../../src/efs/configuration';
import { readModel } from '../../src/wire/schema';

const chosen = (configurations: unknown = {}) =>
  chooseCandidates(readModel(fileSystemConfigurationsSchema, configurations), 'run-1');

test.each(['run-1', 'é', '...', 'a b', '.hidden', 'TMP', `${'é'.repeat(127)}a`])(
  '%s is a valid name of a directory',
  (id) => {
    expect(executionIdProblems(id, chosen())).toEqual([]);
  },
);

test.each([
  ['', 'does not name a directory'],
  ['.', 'does not name a directory'],
  ['..', 'does not name a directory'],
  ['a/b', 'would leave the working directory'],
  ['/', 'would leave the working directory'],
  ['a\0', 'would leave the working directory'],
  ['tmp', 'temporary files'],
  ['é'.repeat(128), '255 bytes'],
])('%j is refused', (id, why) => {
  expect(executionIdProblems(id, chosen())).toEqual([
    {
      pointer: '/execution_id',
      message: expect.stringContaining(why),
      remedy: expect.stringContaining('UUID'),
    },
  ]);
});

test('an id whose directory would contain volumes is refused for each volume', () => {
  const nested = chosen({
    scratch: { container_path: '/data' },
    shared: { container_path: '/data/common' },
    tmp: { container_path: '/data/common/tmp' },
  });
  expect(executionIdProblems('commons', nested)).toEqual([]);
  expect(executionIdProblems('common', nested)).toMatchObject([
    { message: 'the working directory "/data/common" would contain the volume shared (/data/common)' },
    { message: 'the working directory "/data/common" would contain the volume tmp (/data/common/tmp)' },
  ]);
});
