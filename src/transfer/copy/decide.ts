/** The decision whether a file is copied or skipped. */
import type { StoredFile } from '../store';

export type CopyReason = 'forced' | 'missing' | 'other-size' | 'other-checksum' | 'no-checksum';
type SkipReason = 'same-size' | 'same-checksum';
export type Verdict =
  | { readonly copy: true; readonly because: CopyReason }
  | { readonly copy: false; readonly because: SkipReason };

export interface Comparison {
  readonly force: boolean;
  readonly sizeOnly: boolean;
  readonly retainSourceData: boolean;
}

/** Returns whether files of the same size count as the same. A move compares contents, because it removes the source. */
export function isBySize({ sizeOnly, retainSourceData }: Omit<Comparison, 'force'>): boolean {
  return sizeOnly && retainSourceData;
}

/**
 * Decides whether to copy a file over the file at its destination:
 *
 * | force | there | size  | by size  | checksums | verdict              |
 * |-------|-------|-------|----------|-----------|----------------------|
 * | yes   |       |       |          |           | copy: forced         |
 * | no    | no    |       |          |           | copy: missing        |
 * | no    | yes   | other |          |           | copy: other-size     |
 * | no    | yes   | same  | yes      |           | skip: same-size      |
 * | no    | yes   | same  | no       | not both  | copy: no-checksum    |
 * | no    | yes   | same  | no       | other     | copy: other-checksum |
 * | no    | yes   | same  | no       | same      | skip: same-checksum  |
 *
 * By size: see {@link isBySize}. A file at the destination that must not be read counts as missing, and is replaced.
 * So does a symbolic link when contents are compared: its target can change later.
 */
export function decide(
  source: StoredFile,
  destination: StoredFile | undefined,
  options: Comparison,
): Verdict {
  if (options.force) return { copy: true, because: 'forced' };
  if (destination === undefined || destination.unsafe !== undefined)
    return { copy: true, because: 'missing' };
  if (destination.size !== source.size) return { copy: true, because: 'other-size' };
  if (isBySize(options)) return { copy: false, because: 'same-size' };
  if (destination.isLink) return { copy: true, because: 'missing' };
  if (source.checksum === undefined || destination.checksum === undefined)
    return { copy: true, because: 'no-checksum' };
  return source.checksum === destination.checksum
    ? { copy: false, because: 'same-checksum' }
    : { copy: true, because: 'other-checksum' };
}
