import {
  isOfOtherFunction,
  routeAfterFailure,
  routeToFileSystem,
  routeToNext,
  routeToSelf,
  SINGLE_FUNCTION,
} from '../../src/efs/function-routing';
import { readFunctionRouting } from '../../src/efs/mount-settings';
import { FileSystemNotMounted } from '../../src/errors';
import { parseLocation } from '../../src/transfer/location';

const IDS = ['fs-a', 'fs-b', 'fs-c'];
const at = (index: number) => ({ fileSystemIds: IDS, index });
const missing = (id?: string) => new FileSystemNotMounted('not here', id);

test('the mounts of a function tell its index', () => {
  const mount = { EFS_MOUNT_POINT_PATH_MAIN: '/mnt/efs', EFS_MOUNT_POINT_ID_MAIN: 'fs-b' };
  expect(readFunctionRouting({ ...mount, EFS_FILE_SYSTEM_IDS: 'fs-a,fs-b,fs-c' })).toEqual(at(1));
  expect(readFunctionRouting(mount)).toEqual(SINGLE_FUNCTION);
  expect(readFunctionRouting({ EFS_FILE_SYSTEM_IDS: 'fs-a' })).toEqual({ fileSystemIds: ['fs-a'], index: 0 });
});

test('the route leads to the function that mounts the file system', () => {
  expect(routeToFileSystem('fs-b', at(0))).toEqual({ index: 1, sentBy: -1 });
  expect(routeToFileSystem('fs-x', at(0))).toEqual({ index: 0, sentBy: -1 });
  expect(routeAfterFailure(missing('fs-c'), at(0), routeToSelf(at(0)))).toEqual({ index: 2, sentBy: 0 });
});

test.each([
  ['a file system without a function', missing('fs-x')],
  ['a plain path', missing()],
  ['another reason', new Error('fs-b')],
  ['the own file system', missing('fs-a')],
])('a failure for %s has no route to another function', (_, error) => {
  expect(routeAfterFailure(error, at(0), routeToSelf(at(0)))).toBeUndefined();
  expect(routeAfterFailure(error, SINGLE_FUNCTION, routeToSelf(SINGLE_FUNCTION))).toBeUndefined();
});

test('a transfer that would be sent back is between two file systems, and is refused', () => {
  const route = { index: 1, sentBy: 0 };
  expect(() => routeAfterFailure(missing('fs-a'), at(1), route)).toThrow(
    /fs-b and fs-a are two file systems/,
  );
  expect(routeAfterFailure(missing('fs-c'), at(1), route)).toEqual({ index: 2, sentBy: 1 });
});

test.each([0, 1, 2])('a turn that begins with function %i calls each function once', (begin) => {
  const visited = [];
  for (let route = routeToFileSystem(IDS[begin]!, at(0)) as ReturnType<typeof routeToNext>; route; ) {
    visited.push(route.index);
    route = routeToNext(at(route.index), route);
  }
  expect(visited).toEqual([0, 1, 2].map((step) => (begin + step) % 3));
  expect(routeToNext(SINGLE_FUNCTION, routeToSelf(SINGLE_FUNCTION))).toBeUndefined();
});

test('a plain path belongs to the first function, an object in S3 to none', () => {
  expect(
    ['fs-a:/x', 'fs-b:/x', 'fs-d:/x', '/mnt/efs/x', 's3://bucket/x'].map((one) =>
      isOfOtherFunction(parseLocation(one), at(1)),
    ),
  ).toEqual([true, false, false, true, false]);
  expect(isOfOtherFunction(parseLocation('/mnt/efs/x'), at(0))).toBe(false);
});
