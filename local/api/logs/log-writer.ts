/** Writes lines to CloudWatch Logs, in order within a stream. `write` does not wait for the request; `flush` does. */
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../../../src/clock';
import type { Bytes } from '../../../src/units';
import { batchesOf, type LogEvent, messagesOf } from './events';

export interface LogPlace {
  readonly group: string;
  readonly stream: string;
}

export interface LogWriterWorld {
  readonly clock: Pick<Clock, 'now'>;
  /** Gets the number of lines of a failed request. Later lines are still sent. */
  lost(place: LogPlace, lines: number, error: unknown): void;
}

/** Bytes of memory that a line takes beside its text. Many short lines would otherwise count as nothing. */
const LINE_OVERHEAD_BYTES: Bytes = 256;
/** Bytes of waiting lines from which the writer of a line waits. */
const WAITING_BYTES: Bytes = 4 * 1024 ** 2;
/** Bytes of a stream at most: the server keeps all lines in memory, for all executions. */
const STREAM_BYTES: Bytes = 128 * 1024 ** 2;

interface LogStream {
  readonly place: LogPlace;
  waiting: LogEvent[];
  waitingBytes: Bytes;
  bytes: Bytes;
  latest: number;
  isThere: boolean;
}

export class LogWriter {
  readonly #streams = new Map<string, LogStream>();
  readonly #groups = new Set<string>();
  #sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: CloudWatchLogsClient,
    private readonly world: LogWriterWorld,
  ) {}

  /**
   * Adds a line to a stream. Makes the group and the stream when they are missing. A stream takes {@link STREAM_BYTES}; it
   * ends with a line that says so.
   *
   * @returns a promise while very many lines wait
   */
  write(place: LogPlace, line: string): Promise<void> | undefined {
    const stream = this.#streamOf(place);
    // CloudWatch Logs refuses an empty line.
    if (line === '' || stream.bytes > STREAM_BYTES) return undefined;
    this.#add(stream, line);
    if (stream.bytes > STREAM_BYTES)
      this.#add(
        stream,
        `The local API keeps ${STREAM_BYTES} bytes of a log stream. Later lines are left out`,
      );
    return stream.waitingBytes > WAITING_BYTES ? this.#sending : undefined;
  }

  #add(stream: LogStream, line: string): void {
    const bytes = Buffer.byteLength(line) + LINE_OVERHEAD_BYTES;
    stream.bytes += bytes;
    stream.waitingBytes += bytes;
    const isSentAlready = stream.waiting.length > 0;
    // PutLogEvents wants events in the order of time, and a clock may be set back.
    stream.latest = Math.max(stream.latest, this.world.clock.now());
    for (const message of messagesOf(line)) stream.waiting.push({ timestamp: stream.latest, message });
    if (isSentAlready || stream.waiting.length === 0) return;
    this.#sending = this.#sending.then(() => this.#send(stream));
  }

  /** Waits until all earlier lines are written or lost. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  async #send(stream: LogStream): Promise<void> {
    const events = stream.waiting;
    stream.waiting = [];
    stream.waitingBytes = 0;
    for (const batch of batchesOf(events))
      try {
        await this.#put(stream, batch);
      } catch (error) {
        stream.isThere = false;
        this.#groups.delete(stream.place.group);
        this.world.lost(stream.place, batch.length, error);
      }
  }

  async #put(stream: LogStream, logEvents: LogEvent[]): Promise<void> {
    const { group: logGroupName, stream: logStreamName } = stream.place;
    if (!this.#groups.has(logGroupName))
      await this.client.send(new CreateLogGroupCommand({ logGroupName })).catch(unlessThere);
    this.#groups.add(logGroupName);
    if (!stream.isThere)
      await this.client.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).catch(unlessThere);
    stream.isThere = true;
    await this.client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }

  #streamOf(place: LogPlace): LogStream {
    const key = `${place.group}\n${place.stream}`;
    const stream = this.#streams.get(key) ?? {
      ...{ place, waiting: [], waitingBytes: 0, bytes: 0 },
      ...{ latest: 0, isThere: false },
    };
    this.#streams.set(key, stream);
    return stream;
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error && error.name === 'ResourceAlreadyExistsException')) throw error;
}
