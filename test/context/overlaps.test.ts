import { keptDestinations, nestedOutputProblems, overlapProblems } from '../../src/context/overlaps';
import type { ParameterTransfer } from '../../src/demand/parameters';
import { parseLocation, textOf } from '../../src/transfer/location';

function transfer(
  direction: ParameterTransfer['direction'],
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

const linesOf = (problems: readonly { pointer: string; message: string }[]) =>
  problems.map(
    ({ pointer, message }) => `${pointer.replace('/execution_parameters/params/', '')}: ${message}`,
  );

test('separate inputs and outputs have no overlap', () => {
  const inputs = [input('a', '/w/a'), input('ab', '/w/ab'), input('deep', '/w/a/deep')];
  const outputs = [output('out', '/w/out', 's3://bucket/x'), output('more', '/w/more', 's3://bucket/x-y')];
  expect(overlapProblems({ environment: new Map(), secrets: [], inputs, outputs }, true)).toEqual([]);
  expect(nestedOutputProblems({ environment: new Map(), secrets: [], inputs, outputs })).toEqual([]);
});

test('each overlap is a problem of the later parameter', () => {
  const inputs = [input('a', '/w/a'), input('b', '/w/b'), input('again/1', '/w/a')];
  const outputs = [output('o', '/w/b'), output('p', '/w/a/p'), output('q', '/w/q', 's3://bucket/o//')];
  expect(linesOf(overlapProblems({ environment: new Map(), secrets: [], inputs, outputs }, true))).toEqual([
    'again~11: the input "a" already has the local path "w/a"',
    'o: the output "w/b" lies inside the input "b" ("w/b")',
    'p: the output "w/a/p" lies inside the input "a" ("w/a")',
    'p: the output "w/a/p" lies inside the input "again/1" ("w/a")',
    'q: the output "o" already has the destination s3://bucket/o//, and each output would remove the files of the other',
  ]);
});

test('two shared inputs of one remote may have the same path', () => {
  const inputs = [input('a', '/shared/key'), input('b', '/shared/key')];
  expect(overlapProblems({ environment: new Map(), secrets: [], inputs, outputs: [] }, false)).toEqual([]);
});

test('nested and equal outputs are refused, in any order', () => {
  const outputs = [output('a', '/w/a'), output('b', '/w/a/b'), output('c', '/w'), output('d', '/w/a')];
  const problems = linesOf(
    nestedOutputProblems({ environment: new Map(), secrets: [], inputs: [], outputs }),
  );
  expect(problems.map((problem) => problem.replace(/".*output "|" \(.*/g, ''))).toEqual([
    'b: the local path a',
    'c: the local path a',
    'd: the local path a',
    'c: the local path b',
    'd: the local path b',
    'd: the local path c',
  ]);
});

test('a mirror keeps the destinations of other outputs below its own', () => {
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
