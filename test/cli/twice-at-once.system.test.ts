/** Two processes run the same demand at once. */
import { readFileSync } from 'node:fs';
import { jsonLines } from './demand-process';
import { DATA, World } from './world';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.remove());

/** The job counts its runs, and waits for a file, so that it runs while both processes do. */
function countedJob(): string {
  return (
    `echo run >> ${world.path('counter')}; until [ -e ${world.path('go')} ]; do sleep 0.02; done; ` +
    'cp -r ${DATA} ${OUT}'
  );
}

test('the job runs once, and both processes end with its result', async () => {
  const file = world.demandOf(countedJob());
  const both = [world.start('run', '--json', file), world.start('run', '--json', file)];
  await Promise.any(both.map((demand) => demand.hasTold('"type":"attached"')));
  world.write('go', '');
  const ended = await Promise.all(both.map((demand) => demand.ended));
  expect(ended).toMatchObject([
    { exitCode: 0, stderr: '' },
    { exitCode: 0, stderr: '' },
  ]);
  const [one, other] = ended.map((each) => jsonLines(each).at(-1));
  expect(one).toMatchObject({ type: 'finished', result: { status: 'SUCCEEDED' } });
  expect(other).toEqual(one);
  expect(readFileSync(world.path('counter'), 'utf8')).toBe('run\n');
  expect(world.results()).toEqual(DATA);
});

test('another demand with the same id is refused while the first runs, which goes on', async () => {
  const first = world.start('run', world.demandOf(countedJob()));
  await first.hasTold('RunJob');
  const other = await world.run('run', world.demandOf('true', { execution_type: 'other' }));
  expect(other).toMatchObject({ exitCode: 2, stdout: '' });
  expect(other.stderr).toMatch(/ExecutionAlreadyExists: .*"one" is running \(process \d+\)/);
  world.write('go', '');
  expect(await first.ended).toMatchObject({ exitCode: 0 });
  expect(world.results()).toEqual(DATA);
});

test('a process that waits for another run can be cancelled, and that run goes on', async () => {
  const file = world.demandOf(countedJob());
  const first = world.start('run', file);
  await first.hasTold('(process, image');
  const waiting = world.start('run', file);
  await waiting.hasTold('already running');
  waiting.kill('SIGINT');
  expect(await waiting.ended).toMatchObject({ exitCode: 130 });
  world.write('go', '');
  expect(await first.ended).toMatchObject({ exitCode: 0 });
});
