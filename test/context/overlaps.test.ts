import { keptDestinations, nestedOutputProblems, overlapProblems } from '../../src/context/overlaps';
import type { Transfer } from '../../src/demand/parameters';
import { parseLocation, textOf } from '../../src/transfer/location';

function transfer(
  direction: Transfer['direction'],
  name: string,
  path: string,
  remote = `s3://bucket/${name}`,
) {
  return {
    direction,
    name,
    path,
    local: path.slice(1),
    remote,
    location: parseLocation(remote),
    filters: {},
  };
}

const input = (name: string, path: string) => transfer('input', name, path);
const output = (name: string, path: string, remote?: string) => transfer('output', name, path, remote);

const said = (problems: readonly { pointer: string; message: string }[]) =>
  problems.map(
    ({ pointer, message }) => `${pointer.replace('/execution_parameters/params/', '')}: ${message}`,
  );

test('what keeps to itself is no overlap', () => {
  const inputs = [input('a', '/w/a'), input('ab', '/w/ab'), input('deep', '/w/a/deep')];
  const outputs = [output('out', '/w/out', 's3://bucket/x'), output('more', '/w/more', 's3://bucket/x-y')];
  expect(overlapProblems({ environment: new Map(), inputs, outputs }, true)).toEqual([]);
  expect(nestedOutputProblems({ environment: new Map(), inputs, outputs })).toEqual([]);
});

test('everything that overlaps is told, each at the later parameter', () => {
  const inputs = [input('a', '/w/a'), input('b', '/w/b'), input('again/1', '/w/a')];
  const outputs = [output('o', '/w/b'), output('p', '/w/a/p'), output('q', '/w/q', 's3://bucket/o//')];
  expect(said(overlapProblems({ environment: new Map(), inputs, outputs }, true))).toEqual([
    'again~11: "a" already goes to "w/a"',
    'o: the output "w/b" lies inside the input "b" ("w/b")',
    'p: the output "w/a/p" lies inside the input "a" ("w/a")',
    'p: the output "w/a/p" lies inside the input "again/1" ("w/a")',
    'q: "o" already goes to s3://bucket/o//, and each would delete what the other put there',
  ]);
});

test('shared inputs of one remote have one key, and may', () => {
  const inputs = [input('a', '/shared/key'), input('b', '/shared/key')];
  expect(overlapProblems({ environment: new Map(), inputs, outputs: [] }, false)).toEqual([]);
});

test('outputs in one another, whichever comes first, and twice the same', () => {
  const outputs = [output('a', '/w/a'), output('b', '/w/a/b'), output('c', '/w'), output('d', '/w/a')];
  const problems = said(nestedOutputProblems({ environment: new Map(), inputs: [], outputs }));
  expect(problems.map((problem) => problem.replace(/".*of "|" \(.*/g, ''))).toEqual([
    'b: its local path a',
    'c: its local path a',
    'd: its local path a',
    'c: its local path b',
    'd: its local path b',
    'd: its local path c',
  ]);
});

test('a mirror spares what other outputs put below its destination', () => {
  const outputs = [
    output('all', '/w/1', 's3://bucket/x/'),
    output('sub', '/w/2', 's3://bucket/x/sub'),
    output('beside', '/w/3', 's3://bucket/xy'),
    output('root', '/w/4', 's3://bucket'),
  ];
  expect(outputs.map((each) => keptDestinations(each, outputs).map(textOf))).toEqual([
    ['s3://bucket/x/sub'],
    [],
    [],
    ['s3://bucket/x/', 's3://bucket/x/sub', 's3://bucket/xy'],
  ]);
});
