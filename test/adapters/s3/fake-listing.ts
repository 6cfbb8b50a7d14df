/** Answers requests for pages as S3 does, with keys in memory. */
import type { Page } from '../../../src/adapters/s3/s3-page';
import type { RequestPage } from '../../../src/adapters/s3/s3-ranges';
import { compareKeys } from '../../../src/transfer/keys';

interface Asked {
  readonly input: Parameters<RequestPage>[0];
  /** Number of running requests, including this one. */
  readonly atOnce: number;
}

/** @param failAt index of the failing request, from 0 */
export function fakeListing(keys: readonly string[], pageSize: number, failAt = -1) {
  const sorted = keys.toSorted(compareKeys);
  const asked: Asked[] = [];
  let underWay = 0;
  const request: RequestPage = async (input) => {
    const index = asked.push({ input, atOnce: ++underWay }) - 1;
    // Answers may overtake each other.
    for (let turn = 0; turn < 1 + ((index * 7) % 5); turn++) await new Promise(setImmediate);
    underWay--;
    if (index === failAt) throw new Error('SlowDown');
    return pageOf(sorted, input, pageSize);
  };
  return { request, asked };
}

function pageOf(sorted: readonly string[], input: Parameters<RequestPage>[0], pageSize: number): Page {
  const after = input.ContinuationToken ?? input.StartAfter;
  const folders: string[] = [];
  const objects: { key: string; size: number }[] = [];
  const left = sorted.filter(
    (key) => key.startsWith(input.Prefix) && (after === undefined || compareKeys(key, after) > 0),
  );
  for (const key of left) {
    const slash = input.Delimiter === undefined ? -1 : key.indexOf('/', input.Prefix.length);
    const folder = slash === -1 ? undefined : key.slice(0, slash + 1);
    if (folder !== undefined && folders.at(-1) === folder) continue;
    if (objects.length + folders.length === pageSize) {
      const token = objects.at(-1)?.key ?? folders.at(-1) ?? '';
      return { objects, folders, token };
    }
    if (folder === undefined) objects.push({ key, size: 1 });
    else folders.push(folder);
  }
  return { objects, folders };
}
