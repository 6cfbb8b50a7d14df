/** Executions and a bus in memory, with the answers of Step Functions and EventBridge. */
import type { StatusBus, StatusEvent } from '../../src/events/model';
import type { HistoryEvent } from '../../src/history/events';
import type { ExecutionDescription, Executions } from '../../src/history/executions';
import { aborted } from '../history/events';

export const MACHINE = 'arn:aws:states:us-west-2:111122223333:stateMachine:dev-execution';
export const arnOf = (name: string) => `${MACHINE.replace(':stateMachine:', ':execution:')}:${name}`;

type Kept = { -readonly [K in keyof ExecutionDescription]: ExecutionDescription[K] } & { name: string };

export class MemoryExecutions implements Executions {
  readonly kept = new Map<string, Kept>();
  readonly stopped: string[] = [];
  events: HistoryEvent[] = [];
  /** Histories of single executions, by ARN. Other executions have `events`. */
  readonly histories = new Map<string, HistoryEvent[]>();

  async start(name: string, input: string): Promise<string | undefined> {
    const arn = arnOf(name);
    const there = this.kept.get(arn);
    if (there === undefined) this.kept.set(arn, { name, status: 'RUNNING', input });
    else if (there.status !== 'RUNNING' || there.input !== input) return undefined;
    return arn;
  }

  arnOf = arnOf;

  async describe(arn: string): Promise<ExecutionDescription> {
    const found = this.kept.get(arn);
    if (found === undefined) throw Object.assign(new Error(arn), { name: 'ExecutionDoesNotExist' });
    return found;
  }

  /** Tells whether the history of an execution has its end. */
  isTold = (_arn: string) => true;

  async *history(arn: string): AsyncIterable<HistoryEvent> {
    yield* this.histories.get(arn) ?? this.events;
    if (this.isTold(arn)) yield aborted();
  }

  async stop(arn: string): Promise<void> {
    this.stopped.push(arn);
  }
}

export class MemoryBus implements StatusBus {
  readonly told: StatusEvent[] = [];

  async put(event: StatusEvent): Promise<void> {
    // A larger entry is refused: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
    if (Buffer.byteLength(JSON.stringify(event)) > 262_144) throw new RangeError('the event is too large');
    this.told.push(structuredClone(event));
  }
}
