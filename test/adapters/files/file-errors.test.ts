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
  ['an error of the system', 'EIO', errorOf('EIO')],
  ['a number', '5', { code: 5 }],
  ['an error without a code', '', new Error('no code')],
  ['null', '', null],
  ['a text', '', 'ENOENT'],
])('the code of %s is %j', (_, code, error) => {
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
