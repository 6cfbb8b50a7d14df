/**
 * Turns lines into the events of PutLogEvents.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */

export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** PutLogEvents's limits for one request. */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;
/** PutLogEvents counts 26 bytes for each event beside its message. */
const EVENT_BYTES = 26;
const MOST_MESSAGE_BYTES = MOST_BYTES - EVENT_BYTES;

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
    const size = Buffer.byteLength(event.message) + EVENT_BYTES;
    if (batch.length === 0 || batch.length === MOST_EVENTS || bytes + size > MOST_BYTES) {
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
