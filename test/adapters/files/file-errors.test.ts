import {
  codeOf,
  explainPathError,
  isMissing,
  toPathError,
  unlessMissing,
} from '../../../src/adapters/files/file-errors';
import { UnsafePath } from '../../../src/errors';

const errorOf = (code: string) => Object.assign(new Error(`${code}: failed`), { code });

test.each([
  [errorOf('EIO'), 'EIO'],
  [{ code: 5 }, '5'],
  [new Error('no code'), ''],
  [null, ''],
  ['ENOENT', ''],
])('the code of %p is %j', (error, code) => {
  expect(codeOf(error)).toBe(code);
});

test.each([
  ['ENOENT', true],
  ['ENOTDIR', true],
  ['EACCES', false],
])('%s means a missing path: %s', async (code, expected) => {
  expect(isMissing(errorOf(code))).toBe(expected);
  const operation = unlessMissing(Promise.reject(errorOf(code)));
  if (expected) await expect(operation).resolves.toBeUndefined();
  else await expect(operation).rejects.toThrow(code);
});

test('an operation without an error returns its value', async () => {
  expect(await unlessMissing(Promise.resolve(5))).toBe(5);
});

test.each(['EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG'])(
  '%s is a mistake of the path',
  (code) => {
    const reason = explainPathError(errorOf(code));
    const error = toPathError(errorOf(code), '/a');
    expect(error).toBeInstanceOf(UnsafePath);
    expect(error).toMatchObject({ message: `/a ${reason}. Correct the path, then run this again` });
    expect(error).toHaveProperty('cause.code', code);
  },
);

test.each(['ENOSPC', 'EIO', 'ENOENT'])('%s stays as it is', (code) => {
  const error = errorOf(code);
  expect(explainPathError(error)).toBeUndefined();
  expect(toPathError(error, '/a')).toBe(error);
});
