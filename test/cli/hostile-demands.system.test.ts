/** Hostile demands: each verb refuses them by name, and a run obeys Ctrl-C. */
import { readFileSync } from 'node:fs';
import { jsonLines } from './demand-process';
import { World, writeTree } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

const nested = '['.repeat(100_000) + ']'.repeat(100_000);

describe.each(['validate', 'plan', 'run'])('%s refuses', (verb) => {
  test.each<[string, () => string, string]>([
    [
      '100,000 levels',
      () => world.write('deep.json', `{"execution_parameters": {"params": {"a": ${nested}}}}`),
      'lists and objects are nested more than 500 deep',
    ],
    [
      'a demand of 10 MB',
      () => world.write('large.json', JSON.stringify({ execution_id: 'x'.repeat(10_000_000) })),
      'Step Functions accepts 262144',
    ],
    [
      'half of a surrogate pair',
      () => world.write('half.json', '{"execution_id": "x\\ud800"}'),
      'half of a surrogate pair',
    ],
    [
      'a byte that is not UTF-8',
      () => world.write('latin1.json', Buffer.from('{"execution_id": "caf\u00e9"}', 'latin1')),
      'latin1.json is not UTF-8',
    ],
    [
      'a field that is there twice',
      () => world.write('twice.json', '{"execution_id": "x",\n "execution_id": "y"}'),
      'this field is there twice: in line 1, column 2, and in line 2, column 2',
    ],
    [
      'the names of properties of objects',
      () =>
        world.write('proto.json', '{"__proto__": {"execution_id": "x"}, "constructor": {"prototype": 1}}'),
      'execution_id is missing',
    ],
  ])('%s', async (_, file, message) => {
    const { exitCode, stdout, stderr } = await world.run(verb, file());
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('nothing was created');
  });
});

const FILTERED = { local: 'data', remote: 's3://bucket/data/', include: '(a|a)*c' };

function filtered(include: string): string {
  const file = world.demandOf('true > ${OUT}');
  const demand = JSON.parse(readFileSync(file, 'utf8'));
  demand.execution_parameters.params.data = { ...FILTERED, include };
  return world.write('filtered.json', JSON.stringify(demand));
}

test('a run with a pattern that V8 tries for ever ends', async () => {
  writeTree(world.path('root/s3/bucket/data'), { ['a'.repeat(200)]: 'x' });
  const refused = await world.run('run', filtered('(a|a)*c'));
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('match none of the files');
  const ended = await world.run('run', '--json', filtered('(a|a)*'));
  expect(ended.exitCode).toBe(0);
  expect(jsonLines(ended)).toContainEqual(expect.objectContaining({ type: 'transfer', filesTotal: 1 }));
});

test('a run obeys Ctrl-C while it matches many long names with large patterns', async () => {
  const names = Array.from({ length: 400 }, (_, index) => `${'a'.repeat(200)}${index}`);
  writeTree(world.path('root/s3/bucket/data'), Object.fromEntries(names.map((name) => [name, 'x'])));
  const demand = world.start('run', filtered('(?:a{1,10}|a{1,10}b){1,10}c|.*[0-9]'));
  await demand.hasTold('StageInputs');
  demand.kill('SIGINT');
  expect(await demand.ended).toMatchObject({ exitCode: 130 });
});
