/** Collects the refusals of single files, so that one error tells all of them. */
import { describeError } from '../../errors';

/** The errors of a single file: it is not allowed, or it is archived (S3 Glacier) and not restored. */
const OF_ONE_FILE = new Set(['AccessDenied', 'InvalidObjectState']);
/** With this many refusals the cause is probably not in the files. */
const MOST = 20;

export class Refusals {
  readonly #found: unknown[] = [];

  /** Runs the task of one file. A refusal is kept for later. @throws every other error */
  async goPast(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (!OF_ONE_FILE.has(describeError(error).name)) throw error;
      if (this.#found.push(error) >= MOST) this.throwIfAny();
    }
  }

  /** @throws the only refusal, or an error under its name with all refusals */
  throwIfAny(): void {
    const [cause] = this.#found;
    if (this.#found.length === 0) return;
    if (this.#found.length === 1) throw cause;
    const messages = this.#found.map((error) => describeError(error).message);
    const message = `${messages.length} files were refused: ${messages.join('; ')}. Restore, allow or exclude them; others may be done`;
    throw Object.assign(new Error(message, { cause }), { name: describeError(cause).name });
  }
}
