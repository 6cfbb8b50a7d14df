import { UnsafePath } from '../../../src/errors';
import { parseLocation } from '../../../src/transfer/location';
import { byScheme, SCHEMES } from '../../../src/transfer/schemes';
import {
  EFS,
  efsLocation,
  fileSystemIdOf,
  LOCAL,
  localLocation,
  localPathOf,
} from '../../../src/transfer/schemes/file-systems';
import { requireS3Object, S3, s3Location, s3ObjectOf } from '../../../src/transfer/schemes/s3';

const TEXTS = ['s3://bucket/a/b', 'fs-1:/a/b', '/a/b'];

test('each text belongs to one scheme', () => {
  for (const text of TEXTS)
    expect(SCHEMES.filter(({ parse }) => parse(text) !== undefined)).toEqual([parseLocation(text).scheme]);
});

test('each scheme has its own name', () => {
  expect(new Set(SCHEMES.map(({ name }) => name)).size).toBe(SCHEMES.length);
});

test('a choice by scheme refuses a scheme without an entry', () => {
  const chosen = byScheme([
    [S3, 'objects'],
    [EFS, 'files'],
  ]);
  expect(TEXTS.slice(0, 2).map((text) => chosen(parseLocation(text)))).toEqual(['objects', 'files']);
  expect(() => chosen(localLocation('/a/b'))).toThrow(UnsafePath);
  expect(() => chosen(localLocation('/a/b'))).toThrow('/a/b cannot be reached from this process');
});

test('a location tells its object, file system or local path, and no other', () => {
  const told = TEXTS.map(parseLocation).map((location) => [
    s3ObjectOf(location),
    fileSystemIdOf(location),
    localPathOf(location),
  ]);
  expect(told).toEqual([
    [{ bucket: 'bucket', key: 'a/b' }, undefined, undefined],
    [undefined, 'fs-1', undefined],
    [undefined, undefined, '/a/b'],
  ]);
});

test('an object in S3 is required by its bucket and key', () => {
  expect(requireS3Object(s3Location('bucket', 'a'))).toEqual({ bucket: 'bucket', key: 'a' });
  expect(() => requireS3Object(efsLocation('fs-1', '/a'))).toThrow('fs-1:/a is not in S3');
});

test('file systems keep leases and records, and S3 bills parts', () => {
  expect(SCHEMES.map(({ isFileSystem }) => isFileSystem)).toEqual([false, true, true]);
  expect(SCHEMES.filter(({ partsAreBilled }) => partsAreBilled)).toEqual([S3]);
  expect(SCHEMES.filter(({ foldersEndWithSlash }) => foldersEndWithSlash)).toEqual([S3]);
  expect([EFS, LOCAL].some(({ maxPathBytes }) => maxPathBytes !== undefined)).toBe(false);
});
