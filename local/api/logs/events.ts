/** Turns lines into the events of PutLogEvents. */
import { LOG_BYTES, LOG_EVENT_OVERHEAD_BYTES, LOG_EVENTS } from '../../../src/aws-limits';
import type { EpochMs } from '../../../src/units';

export interface LogEvent {
  readonly timestamp: EpochMs;
  readonly message: string;
}

const MOST_MESSAGE_BYTES = LOG_BYTES - LOG_EVENT_OVERHEAD_BYTES;

/**
 * Returns the messages of a line, as Docker's driver for CloudWatch makes them
 * (https://docs.docker.com/engine/logging/drivers/awslogs/): several parts for a line over the limit, and no message
 * for an empty line, which CloudWatch Logs refuses.
 */
export function messagesOf(line: string): string[] {
  if (line === '') return [];
  if (Buffer.byteLength(line) <= MOST_MESSAGE_BYTES) return [line];
  const bytes = Buffer.from(line);
  const messages: string[] = [];
  for (let start = 0, end: number; start < bytes.length; start = end) {
    end = Math.min(start + MOST_MESSAGE_BYTES, bytes.length);
    while (isInsideCharacter(bytes[end])) end--;
    messages.push(bytes.toString('utf8', start, end));
  }
  return messages;
}

/** Splits events into requests within the limits, in their order. */
export function batchesOf(events: readonly LogEvent[]): LogEvent[][] {
  const batches: LogEvent[][] = [];
  let batch: LogEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event.message) + LOG_EVENT_OVERHEAD_BYTES;
    if (batch.length === 0 || batch.length === LOG_EVENTS || bytes + size > LOG_BYTES) {
      batch = [];
      bytes = 0;
      batches.push(batch);
    }
    batch.push(event);
    bytes += size;
  }
  return batches;
}

/** Returns whether a byte of UTF-8 continues a character. */
function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;
}
