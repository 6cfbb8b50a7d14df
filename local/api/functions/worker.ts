/** One instance of a Lambda function: a thread that loads the bundle and handles one event at a time. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type OnLine, readLines } from '../../world/lines';

/** Lambda's answer: the payload of a success, or the error of a failure. */
export type InvocationOutcome =
  | { readonly payload: string }
  | {
      readonly error: {
        readonly errorType: string;
        readonly errorMessage: string;
        readonly trace?: string[];
      };
    };

export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  /** Path of the bundle. */
  readonly file: string;
  /** The bundle's export that handles events. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly asynchronous: AsynchronousSettings;
}

/** Settings for events that a caller does not wait for. */
export interface AsynchronousSettings {
  /** Retries after the first failure. */
  readonly retries: number;
  /** ARN of the destination for records of events that failed every time. */
  readonly onFailure?: string;
}

/** Source of the thread. It is text, so a bundle that contains it needs no second file. */
const BOOT = `
const { parentPort, workerData } = require('node:worker_threads');
const { file, handler, name, memoryMb } = workerData;
// Output that still waits in the thread is lost when the thread ends.
const written = () =>
  Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
parentPort.on('message', async ({ id, event, timeoutMs }) => {
  const endsAt = performance.now() + timeoutMs;
  const context = {
    awsRequestId: id,
    functionName: name,
    functionVersion: '$LATEST',
    memoryLimitInMB: String(memoryMb),
    // Whole, as on AWS: timers of Node refuse a fraction.
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(endsAt - performance.now())),
  };
  try {
    const result = await require(file)[handler](JSON.parse(event), context);
    const payload = JSON.stringify(result ?? null);
    await written();
    parentPort.postMessage({ payload });
  } catch (error) {
    const { name: errorType = 'Error', message: errorMessage = String(error), stack = '' } = error ?? {};
    await written();
    parentPort.postMessage({ error: { errorType, errorMessage, trace: String(stack).split('\\n') } });
  }
});`;

/** Lambda's words for a function that needed more memory than it has. */
const KILLED = 'Runtime exited with error: signal: killed';

function isOutOfMemory(error: unknown): boolean {
  return Object(error).code === 'ERR_WORKER_OUT_OF_MEMORY';
}

export class FunctionWorker {
  readonly #thread: Worker;
  readonly #written: Promise<unknown>;
  #hasEnded = false;

  constructor(
    private readonly deployed: DeployedFunction,
    onLine: OnLine,
  ) {
    const { environment } = deployed;
    this.#thread = new Worker(BOOT, {
      eval: true,
      env: { ...environment },
      workerData: deployed,
      stdout: true,
      stderr: true,
      // The heap of the thread alone, so a function may have more than on AWS. It never takes the memory of the local API.
      resourceLimits: { maxOldGenerationSizeMb: deployed.memoryMb },
    });
    const { stdout, stderr } = this.#thread;
    this.#written = Promise.all([readLines(stdout, onLine), readLines(stderr, onLine)]);
    // An error after the last event belongs to no event.
    this.#thread.on('error', () => undefined);
    this.#thread.on('exit', () => {
      this.#hasEnded = true;
    });
    this.#thread.unref();
  }

  /** True when the thread has ended by itself: code that ran on after an event has failed. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** An instance reads its environment once, at its start. */
  hasEnvironmentOf({ environment }: DeployedFunction): boolean {
    return isDeepStrictEqual(this.deployed.environment, environment);
  }

  /** Handles an event. An exit or a time-out is an outcome too; the instance is then not alive any more. */
  async invoke(event: string): Promise<{ readonly outcome: InvocationOutcome; readonly isAlive: boolean }> {
    const id = randomUUID();
    const { timeoutSeconds } = this.deployed;
    const timeoutMs = timeoutSeconds * 1000;
    return new Promise((resolve) => {
      const end = (outcome: InvocationOutcome, isAlive: boolean) => {
        clearTimeout(timer);
        this.#thread.off('message', answer).off('error', crash).off('exit', exit);
        resolve({ outcome, isAlive });
      };
      const fail = (errorType: string, errorMessage: string) =>
        end({ error: { errorType, errorMessage: `RequestId: ${id} Error: ${errorMessage}` } }, false);
      const answer = (outcome: InvocationOutcome) => end(outcome, true);
      const crash = (error: unknown) =>
        fail('Runtime.ExitError', isOutOfMemory(error) ? KILLED : String(error));
      const exit = (code: number) => fail('Runtime.ExitError', `Runtime exited with status ${code}`);
      const late = () =>
        fail('Sandbox.Timedout', `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
      const timer = setTimeout(late, timeoutMs);
      if (this.#hasEnded) return crash('the instance had ended before the event');
      this.#thread.on('message', answer).on('error', crash).on('exit', exit);
      this.#thread.postMessage({ id, event, timeoutMs });
    });
  }

  /** Ends the thread and waits until `onLine` has got all its lines. */
  async stop(): Promise<void> {
    await this.#thread.terminate();
    await this.#written;
  }
}
