/** Whether one file has to be copied. */
import type { StoredFile } from './store';

export type CopyReason = 'forced' | 'missing' | 'other-size' | 'other-checksum' | 'no-checksum';
export type SkipReason = 'same-size' | 'same-checksum';
export type Verdict =
  | { readonly copy: true; readonly because: CopyReason }
  | { readonly copy: false; readonly because: SkipReason };

/**
 * Compares a file with what is at its destination:
 *
 * | force | there | size  | sizeOnly | checksums | verdict              |
 * |-------|-------|-------|----------|-----------|----------------------|
 * | yes   |       |       |          |           | copy: forced         |
 * | no    | no    |       |          |           | copy: missing        |
 * | no    | yes   | other |          |           | copy: other-size     |
 * | no    | yes   | same  | yes      |           | skip: same-size      |
 * | no    | yes   | same  | no       | not both  | copy: no-checksum    |
 * | no    | yes   | same  | no       | other     | copy: other-checksum |
 * | no    | yes   | same  | no       | same      | skip: same-checksum  |
 *
 * A destination that must not be read counts as not there: it is replaced.
 */
export function decide(
  source: StoredFile,
  destination: StoredFile | undefined,
  options: { readonly force: boolean; readonly sizeOnly: boolean },
): Verdict {
  if (options.force) return { copy: true, because: 'forced' };
  if (destination === undefined || destination.unsafe !== undefined)
    return { copy: true, because: 'missing' };
  if (destination.size !== source.size) return { copy: true, because: 'other-size' };
  if (options.sizeOnly) return { copy: false, because: 'same-size' };
  if (source.checksum === undefined || destination.checksum === undefined)
    return { copy: true, because: 'no-checksum' };
  return source.checksum === destination.checksum
    ? { copy: false, because: 'same-checksum' }
    : { copy: true, because: 'other-checksum' };
}
