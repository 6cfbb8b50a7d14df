/** The list of the schemes of locations. `src/adapters/stores.ts` opens the store of a scheme. */
import { UnsafePath } from '../../errors';
import { EFS, LOCAL } from './file-systems';
import { S3 } from './s3';
import type { Location, Scheme } from './scheme';

export const SCHEMES: readonly Scheme[] = [S3, EFS, LOCAL];

/**
 * Returns a function that chooses by the scheme of a location.
 *
 * @throws UnsafePath from that function, for a scheme without an entry
 */
export function byScheme<T>(entries: Iterable<readonly [Scheme, T]>): (location: Location) => T {
  const choices = new Map<Scheme, T>(entries);
  return (location) => {
    const chosen = choices.get(location.scheme);
    if (chosen === undefined)
      throw new UnsafePath(`${location.scheme.format(location)} cannot be reached from this process`);
    return chosen;
  };
}
