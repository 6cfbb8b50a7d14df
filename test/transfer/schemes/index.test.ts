import { UnsafePath } from '../../../src/errors';
import { parseLocation } from '../../../src/transfer/location';
import { byScheme, SCHEMES } from '../../../src/transfer/schemes';
import { EFS, LOCAL, localLocation } from '../../../src/transfer/schemes/file-systems';
import { S3 } from '../../../src/transfer/schemes/s3';

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

test('file systems keep leases and records, and S3 bills parts', () => {
  expect(SCHEMES.map(({ isFileSystem }) => isFileSystem)).toEqual([false, true, true]);
  expect(SCHEMES.filter(({ partsAreBilled }) => partsAreBilled)).toEqual([S3]);
  expect(SCHEMES.filter(({ foldersEndWithSlash }) => foldersEndWithSlash)).toEqual([S3]);
  expect([EFS, LOCAL].some(({ maxPathBytes }) => maxPathBytes !== undefined)).toBe(false);
});
