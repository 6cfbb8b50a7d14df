import fc from 'fast-check';
import {
  jobDefinitionName,
  jobName,
  type NamedDemand,
  nameBudgetProblems,
  volumeName,
} from '../../src/batch/naming';
import type { Volume, VolumeRole } from '../../src/efs/model';
import { anyCharacter } from '../characters';
import { runs } from '../demand/arbitraries';

const DEMAND: NamedDemand = {
  envBase: 'dev',
  executionType: 'tool',
  executionImage: 'image',
  command: ['run'],
  executionId: 'run-1',
  params: { a: 1, b: { c: 2, d: 3 } },
  inputs: ['a'],
  outputs: [],
};

const volume = (containerPath: string, role: VolumeRole = 'scratch'): Volume => ({
  role,
  fileSystemId: 'fs-1',
  accessPointId: 'fsap-1',
  accessPointPath: '/',
  containerPath,
});

test('demands with the same type, image and command share a definition, and have different jobs', () => {
  const changes = { executionId: 'run-2', params: {}, inputs: [], outputs: ['a'] };
  const other = { ...DEMAND, ...changes };
  expect(jobDefinitionName(other)).toBe(jobDefinitionName(DEMAND));
  for (const [name, value] of Object.entries(changes))
    expect(jobName({ ...DEMAND, [name]: value })).not.toBe(jobName(DEMAND));
  for (const [name, value] of Object.entries({ executionType: 'x', executionImage: 'x', command: ['x'] }))
    expect(jobDefinitionName({ ...DEMAND, [name]: value })).not.toBe(jobDefinitionName(DEMAND));
});

test('the order of parameters does not change a name', () => {
  const turned = { b: { d: 3, c: 2 }, a: 1 };
  expect(jobName({ ...DEMAND, params: turned })).toBe(jobName(DEMAND));
});

test.each([
  ['/opt/efs/scratch', /^scratch-[0-9a-f]{8}$/],
  ['/', /^[0-9a-f]{8}$/],
  ['/a b.c', /^a-b-c-[0-9a-f]{8}$/],
  ['/--', /^[0-9a-f]{8}$/],
  [`/${'x'.repeat(15)}`, /^x{15}-[0-9a-f]{8}$/],
  [`/${'x'.repeat(16)}`, /^x{15}-[0-9a-f]{8}$/],
])('the volume of %s is named %s', (path, expected) => {
  expect(volumeName(volume(path))).toMatch(expected);
});

test('volumes have different names, and Batch accepts each name', () => {
  const path = fc.string({ unit: anyCharacter }).map((text) => `/${text}`);
  const isGood = fc.property(path, path, (one, other) => {
    expect(volumeName(volume(one))).toMatch(/^[A-Za-z0-9_-]{1,24}$/);
    if (one !== other) expect(volumeName(volume(one))).not.toBe(volumeName(volume(other)));
  });
  fc.assert(isGood, runs(500));
});

describe('the budget of names', () => {
  const problems = (executionType: string, ...paths: string[]) =>
    nameBudgetProblems({ envBase: 'dev', executionType }, paths);
  const PATH = '/opt/a-vol';
  /** The part of the budget that `dev-`, a hyphen, 64 hash digits, 3 characters and the volume leave for the type. */
  const LONGEST_TYPE = 139 - 'dev-'.length - 1 - 64 - 3 - volumeName(volume(PATH)).length;

  test('is kept to its last character', () => {
    expect(problems('x'.repeat(LONGEST_TYPE), PATH, '/t')).toEqual([]);
  });

  test('is exceeded with the next character', () => {
    expect(problems('x'.repeat(LONGEST_TYPE + 1), '/t', PATH)).toMatchObject([
      { pointer: '/execution_type', remedy: expect.stringMatching(/ by 1 characters$/) },
    ]);
  });

  test('the remedy names the number of characters that are too many', () => {
    const type = fc.integer({ min: 1, max: 200 }).map((length) => 'x'.repeat(length));
    const path = fc.stringMatching(/^\/opt\/[a-z]{1,30}$/);
    fc.assert(
      fc.property(type, path, (executionType, containerPath) => {
        const [problem] = problems(executionType, containerPath);
        const excess = Number(/ by (\d+) characters$/.exec(problem?.remedy ?? '')?.[1] ?? 0);
        fc.pre(excess < executionType.length);
        expect(problems(executionType.slice(excess), containerPath)).toEqual([]);
        if (excess > 0) expect(problems(executionType.slice(excess - 1), containerPath)).toHaveLength(1);
      }),
      runs(200),
    );
  });
});
