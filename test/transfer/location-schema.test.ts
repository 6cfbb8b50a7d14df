import * as v from 'valibot';
import { parseLocation } from '../../src/transfer/location';
import { location, s3Uri } from '../../src/transfer/location-schema';
import { listOf, model, optional, readModel, tryModel, writeModel } from '../../src/wire/schema';

const schema = model({ onePath: location(), morePaths: optional(listOf(location())) });

test.each(['s3://bucket', 's3://bucket/', 's3://bucket/a//b', 'fs-1:/a/', '/a/./b', 'file:///a%20b'])(
  '%s is read as a location and written as the same text',
  (text) => {
    const read = readModel(schema, { one_path: text, more_paths: [text] });
    expect(read).toEqual({ onePath: parseLocation(text), morePaths: [parseLocation(text)] });
    expect(writeModel(schema, read)).toEqual({ one_path: text, more_paths: [text] });
  },
);

test.each<[unknown, string]>([
  ['relative', 's3://bucket/key, fs-<hex>:/path, an absolute path or file:///path'],
  ['/nul\0', 's3://bucket/key, fs-<hex>:/path, an absolute path or file:///path'],
  [5, 'a string'],
])('%j is refused', (given, expected) => {
  const { problems } = tryModel(schema, { one_path: given });
  const message = `expected ${expected}, got ${JSON.stringify(given)}`;
  expect(problems).toEqual([{ pointer: '/one_path', message, remedy: `Give ${expected} as "one_path"` }]);
});

test.each([
  ['s3://bucket', true],
  ['s3://bucket/a\nb', true],
  ['s3://bucket/nul\0', false],
  ['s3://b', false],
  ['/a', false],
  ['fs-1:/a', false],
])('s3Uri accepts %j: %j', (text, expected) => {
  expect(v.is(s3Uri(), text)).toBe(expected);
});
