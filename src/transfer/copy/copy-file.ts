/** One file from one store to another. */
import { Readable } from 'node:stream';
import { DemandError, describeError } from '../../errors';
import { formatLocation } from '../location';
import type { StoredFile } from '../store';
import { destinationOf, sourceOf, type Transfer } from '../transfer';

/**
 * Copies one file, whole or not at all, by the shortest way the two stores have.
 *
 * @param onBytes is told as they come, never more than the file has; nothing where the store moves it in one go
 * @throws TransferMismatch when the source is not what was listed
 * @throws the store's error, its name kept, saying which file it was about
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
    // A reader that fails before the writer listens would end the process; the writer still sees it.
    content.on('error', () => undefined);
    try {
      await target.write(to, counted(content, onBytes), file.size, signal);
    } finally {
      content.destroy();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw inContext(error, `copying ${formatLocation(from)} to ${formatLocation(to)}`);
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

function inContext(cause: unknown, what: string): unknown {
  if (cause instanceof DemandError) return cause;
  const { name, message } = describeError(cause);
  return Object.assign(new Error(`${message} (${what})`, { cause }), { name });
}
