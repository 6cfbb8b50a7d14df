/** Refusals of single files, which one error names together. */
import { describeError } from '../../errors';

/** Errors of a single file: access is denied, or the file is archived (S3 Glacier) and not restored. */
const ERRORS_OF_ONE_FILE = new Set(['AccessDenied', 'InvalidObjectState']);
/** With this many refusals the cause is probably not in the files. */
const MAX_REFUSALS = 20;

export class Refusals {
  readonly #found: unknown[] = [];

  /**
   * Runs the task of one file and keeps its refusal for {@link throwIfAny}.
   *
   * @throws every other error; at the 20th refusal the error of all refusals
   */
  async collect(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (!ERRORS_OF_ONE_FILE.has(describeError(error).name)) throw error;
      if (this.#found.push(error) >= MAX_REFUSALS) this.throwIfAny();
    }
  }

  /** @throws a single refusal unchanged; for several refusals an error with all messages, under the name of the first */
  throwIfAny(): void {
    const [cause] = this.#found;
    if (this.#found.length === 0) return;
    if (this.#found.length === 1) throw cause;
    const messages = this.#found.map((error) => describeError(error).message);
    const message = `${messages.length} files were refused: ${messages.join('; ')}. Restore, allow or exclude these files. Other files may be copied already`;
    throw Object.assign(new Error(message, { cause }), { name: describeError(cause).name });
  }
}
