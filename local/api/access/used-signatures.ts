/** Remembers signatures as long as they are valid. */
import type { EpochMs } from '../../../src/units';

export class UsedSignatures {
  /** Ends of their validity, by signature, in the order of their first use. */
  readonly #ends = new Map<string, EpochMs>();

  /** @returns false when the signature was used before */
  isFirst(signature: string, validUntil: EpochMs, now: EpochMs): boolean {
    for (const [old, end] of this.#ends) {
      if (end >= now) break;
      this.#ends.delete(old);
    }
    if (this.#ends.has(signature)) return false;
    this.#ends.set(signature, validUntil);
    return true;
  }
}
