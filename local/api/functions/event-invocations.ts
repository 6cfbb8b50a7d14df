/**
 * Asynchronous invocations: Lambda accepts an event at once, runs the function later, and runs a failed one again.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import type { Clock } from '../../../src/clock';
import type { FunctionPool } from './pool';
import type { DeployedFunction, InvocationOutcome } from './worker';

/** Lambda waits for one minute, then for two. A person or a test does not wait that long. */
export const FIRST_PAUSE_MS = 200;

type InvocationFailure = Extract<InvocationOutcome, { error: unknown }>;

export interface EventInvocationsWorld {
  /** @param destination the ARN that a function names for records of failed events */
  tell(destination: string, record: FailedInvocation): Promise<void>;
  /** Gets the reason when no record of a failed event is sent. */
  lost(name: string, reason: string): void;
  readonly clock: Clock;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export interface FailedInvocation {
  readonly version: '1.0';
  readonly timestamp: string;
  readonly requestContext: {
    readonly functionArn: string;
    readonly condition: 'RetriesExhausted';
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: unknown;
  readonly responseContext: { readonly statusCode: 200; readonly functionError: 'Unhandled' };
  readonly responsePayload: InvocationFailure['error'];
}

export class EventInvocations {
  readonly #stopping = new AbortController();
  readonly #all = new Set<Promise<void>>();

  constructor(
    private readonly pool: Pick<FunctionPool, 'invoke'>,
    private readonly world: EventInvocationsWorld,
  ) {}

  /** @param event text that is valid JSON */
  accept(deployed: DeployedFunction, event: string): void {
    const running = this.#run(deployed, event).catch((error: unknown) =>
      this.world.lost(deployed.name, String(error)),
    );
    this.#all.add(running);
    void running.finally(() => this.#all.delete(running));
  }

  /** Waits for running invocations. A failed one is not retried, and its record is not sent. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#all);
  }

  async #run(deployed: DeployedFunction, event: string): Promise<void> {
    const { retries, onFailure } = deployed.asynchronous;
    for (let tried = 1; ; tried++) {
      const outcome = await this.pool.invoke(deployed, event);
      if (!('error' in outcome) || this.#stopping.signal.aborted) return;
      if (tried > retries) return this.#fail(deployed, event, outcome, tried, onFailure);
      await this.world.clock.wait(FIRST_PAUSE_MS * tried, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
    }
  }

  async #fail(
    { name, arn }: DeployedFunction,
    event: string,
    { error }: InvocationFailure,
    tried: number,
    onFailure: string | undefined,
  ): Promise<void> {
    if (onFailure === undefined) return this.world.lost(name, `${error.errorType}: ${error.errorMessage}`);
    await this.world.tell(onFailure, {
      version: '1.0',
      timestamp: new Date(this.world.clock.now()).toISOString(),
      requestContext: {
        functionArn: `${arn}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: tried,
      },
      requestPayload: JSON.parse(event),
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: error,
    });
  }
}
