import { type DefinitionRevision, sweepRevisions } from '../../src/sweep/revisions';

const revision = (name: string, number: number): DefinitionRevision => ({
  name,
  revision: number,
  arn: `${name}:${number}`,
});
const ALL = [revision('a', 2), revision('a', 10), revision('b', 1), revision('a', 9), revision('a', 1)];

function world(oldestBegin: () => Promise<number>, isDryRun = false) {
  const gone: string[] = [];
  const revisions = { active: async () => ALL, deregister: async (arn: string) => void gone.push(arn) };
  return { gone, world: { revisions, running: { oldestBegin }, isDryRun } };
}
const nothingRuns = async () => Number.POSITIVE_INFINITY;

test('the newest revisions of each name stay, and the oldest go first', async () => {
  const { gone, world: at } = world(nothingRuns);
  expect(await sweepRevisions(2, at)).toEqual([
    { removed: 'job_definition', path: 'a:1', bytes: 0 },
    { removed: 'job_definition', path: 'a:2', bytes: 0 },
  ]);
  expect(gone).toEqual(['a:1', 'a:2']);
});

test('a dry run deregisters nothing', async () => {
  const { gone, world: at } = world(nothingRuns, true);
  expect(await sweepRevisions(1, at)).toHaveLength(3);
  expect(gone).toEqual([]);
});

test('nothing goes while an execution runs, also when it starts between two revisions', async () => {
  expect(await sweepRevisions(1, world(async () => 5).world)).toEqual(Array(3).fill({ stays: 'running' }));
  let looks = 0;
  const { gone, world: at } = world(async () => (++looks > 1 ? 5 : Number.POSITIVE_INFINITY));
  await sweepRevisions(1, at);
  expect(gone).toEqual(['a:1']);
});

test('without an answer about executions nothing goes', async () => {
  const { gone, world: at } = world(async () => {
    throw new Error('throttled');
  });
  expect(await sweepRevisions(1, at)).toContainEqual({ failure: 'throttled', path: 'a:1' });
  expect(gone).toEqual([]);
});
