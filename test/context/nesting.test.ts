import fc from 'fast-check';
import { equalPairs, MOST_PAIRS, nestedPairs } from '../../src/context/nesting';
import { isWithin } from '../../src/context/paths';
import { runs } from '../demand/arbitraries';

interface Item {
  readonly path: string;
}
const itemsOf = (paths: readonly string[]): Item[] => paths.map((path) => ({ path }));
const pathOf = ({ path }: Item) => path;

const path = fc
  .array(fc.constantFrom('a', 'b', 'a-b', 'a.b', 'é'), { maxLength: 3 })
  .map((names) => `/${names.join('/')}`);
const paths = fc.array(path, { maxLength: 6 }).map(itemsOf);

test('nested pairs are those of a comparison of all pairs, in the same order', () => {
  const property = fc.property(paths, paths, (inners, outers) => {
    const expected = inners.flatMap((inner) =>
      outers.filter((outer) => isWithin(inner.path, outer.path)).map((outer) => [inner, outer]),
    );
    expect(nestedPairs(inners, outers, pathOf)).toEqual(expected);
  });
  fc.assert(property, runs(1_000));
});

test('an item is not nested in itself, and two equal items are nested in each other', () => {
  const [one, other] = itemsOf(['/a', '/a']) as [Item, Item];
  expect(nestedPairs([one, other], [one, other], pathOf)).toEqual([
    [one, other],
    [other, one],
  ]);
});

test('equal pairs are those of a comparison of all pairs, in the same order', () => {
  const property = fc.property(paths, (items) => {
    const expected = items.flatMap((one, index) =>
      items.slice(index + 1).flatMap((other) => (one.path === other.path ? [[one, other]] : [])),
    );
    expect(equalPairs(items, pathOf)).toEqual(expected);
  });
  fc.assert(property, runs(1_000));
});

test('pairs keep the order of the items, also when other pairs stand between them', () => {
  const items = itemsOf(['/b', '/a', '/b', '/a', '/a']);
  const indexes = equalPairs(items, pathOf).map((pair) => pair.map((item) => items.indexOf(item)));
  expect(indexes).toEqual([
    [0, 2],
    [1, 3],
    [1, 4],
    [3, 4],
  ]);
  const outers = itemsOf(['/', '/a', '/a/b']);
  const inners = itemsOf(['/c', '/a/b/c', '/a']);
  const nested = nestedPairs(inners, outers, pathOf).map(([inner, outer]) => [inner.path, outer.path]);
  expect(nested).toEqual([
    ['/c', '/'],
    ['/a/b/c', '/'],
    ['/a/b/c', '/a'],
    ['/a/b/c', '/a/b'],
    ['/a', '/'],
    ['/a', '/a'],
  ]);
});

test('the number of pairs has a limit, and so has the number of comparisons', () => {
  let asked = 0;
  const counted = (item: Item) => {
    asked += 1;
    return item.path;
  };
  const many = itemsOf(Array.from({ length: 5_000 }, () => '/a/b'));
  expect(nestedPairs(many, many, counted)).toHaveLength(MOST_PAIRS);
  expect(equalPairs(many, counted)).toHaveLength(MOST_PAIRS);
  expect(asked).toBe(15_000);
});
