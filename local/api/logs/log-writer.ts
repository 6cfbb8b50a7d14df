/** Lines to CloudWatch Logs: those of a stream in their order, and nobody waits for them but who asks to. */
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { batchesOf, type LogEvent, messagesOf } from './events';

export interface LogPlace {
  readonly group: string;
  readonly stream: string;
}

export interface LogWriterWorld {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Told of lines that could not be written; what comes after them is tried again. */
  lost(place: LogPlace, lines: number, error: unknown): void;
}

interface Stream {
  readonly place: LogPlace;
  waiting: LogEvent[];
  latest: number;
  isThere: boolean;
}

export class LogWriter {
  readonly #streams = new Map<string, Stream>();
  readonly #groups = new Set<string>();
  #sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: CloudWatchLogsClient,
    private readonly world: LogWriterWorld,
  ) {}

  /** Group and stream are made where they are not there yet. */
  write(place: LogPlace, line: string): void {
    const stream = this.#streamOf(place);
    const isSentAlready = stream.waiting.length > 0;
    // A request has its events in the order of time; a clock may be set back.
    stream.latest = Math.max(stream.latest, this.world.now());
    for (const message of messagesOf(line)) stream.waiting.push({ timestamp: stream.latest, message });
    if (isSentAlready || stream.waiting.length === 0) return;
    this.#sending = this.#sending.then(() => this.#send(stream));
  }

  /** Until all that was written before is there, or lost. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  async #send(stream: Stream): Promise<void> {
    const events = stream.waiting;
    stream.waiting = [];
    for (const batch of batchesOf(events))
      try {
        await this.#put(stream, batch);
      } catch (error) {
        stream.isThere = false;
        this.#groups.delete(stream.place.group);
        this.world.lost(stream.place, batch.length, error);
      }
  }

  async #put(stream: Stream, logEvents: LogEvent[]): Promise<void> {
    const { group: logGroupName, stream: logStreamName } = stream.place;
    if (!this.#groups.has(logGroupName))
      await this.client.send(new CreateLogGroupCommand({ logGroupName })).catch(unlessThere);
    this.#groups.add(logGroupName);
    if (!stream.isThere)
      await this.client.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).catch(unlessThere);
    stream.isThere = true;
    await this.client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }

  #streamOf(place: LogPlace): Stream {
    const key = `${place.group}\n${place.stream}`;
    const stream = this.#streams.get(key) ?? { place, waiting: [], latest: 0, isThere: false };
    this.#streams.set(key, stream);
    return stream;
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error && error.name === 'ResourceAlreadyExistsException')) throw error;
}
