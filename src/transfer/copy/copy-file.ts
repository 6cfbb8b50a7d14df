/** The copy of one file from store to store. */
import { Readable } from 'node:stream';
import { DemandError, describeError } from '../../errors';
import { formatLocation } from '../location';
import type { StoredFile } from '../store';
import { destinationOf, sourceOf, type Transfer } from '../transfer';

/**
 * Copies one file, whole or not at all. The target copies directly from the source if it can; otherwise the bytes pass
 * through this process.
 *
 * @param onBytes gets the number of new bytes as they arrive, in total at most the size of the file; it is not called
 * for a copy in one request
 * @throws TransferMismatch when the source does not have the listed version
 * @throws the error of the store under the same name, with both locations in its message
 */
export async function copyFile(
  transfer: Transfer,
  file: StoredFile,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { source, target } = transfer;
  const from = sourceOf(transfer, file);
  const to = destinationOf(transfer, file);
  try {
    if (await target.copyFrom?.(source, from, file, to, signal, onBytes)) return;
    const content = source.read(from, file, signal);
    // An error without a listener would end the process, and the writer listens later. The writer still gets the error.
    content.on('error', () => undefined);
    try {
      await target.write(to, counted(content, onBytes), file.size, signal);
    } finally {
      content.destroy();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw withContext(error, `copying ${formatLocation(from)} to ${formatLocation(to)}`);
  }
}

function counted(content: Readable, onBytes: (bytes: number) => void): Readable {
  async function* count() {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      onBytes(chunk.length);
      yield chunk;
    }
  }
  return Readable.from(count(), { objectMode: false });
}

function withContext(cause: unknown, context: string): unknown {
  if (cause instanceof DemandError) return cause;
  const { name, message } = describeError(cause);
  return Object.assign(new Error(`${message} (${context})`, { cause }), { name });
}
