/** Files that a store does not give or take, each for a reason of its own: all of them are to be known at once. */
import { describeError } from '../../errors';

/** Not allowed; or archived (S3 Glacier) and not restored. Nothing else tells of one file only. */
const OF_ONE_FILE = new Set(['AccessDenied', 'InvalidObjectState']);
/** So many, and it is likely not about the files. */
const MOST = 20;

export class Refusals {
  readonly #found: unknown[] = [];

  /** Does something for one file, and goes past it when that is refused. @throws whatever is no refusal */
  async goPast(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (!OF_ONE_FILE.has(describeError(error).name)) throw error;
      if (this.#found.push(error) >= MOST) this.throwIfAny();
    }
  }

  /** @throws the refusal, or an error of its name that tells of all of them */
  throwIfAny(): void {
    const [cause] = this.#found;
    if (this.#found.length === 0) return;
    if (this.#found.length === 1) throw cause;
    const messages = this.#found.map((error) => describeError(error).message);
    const message = `${messages.length} files were refused: ${messages.join('; ')}. Restore, allow or exclude them; others may be done`;
    throw Object.assign(new Error(message, { cause }), { name: describeError(cause).name });
  }
}
