/** One instance of a Lambda function: a thread that has loaded its bundle, and works on one event at a time. */
import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** As Lambda answers: the payload of a success, or the error of a failure. */
export type Outcome =
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
  /** The bundle, and which of its exports is the handler. */
  readonly file: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
}

/** Runs in the thread. Text, so that it needs no file beside whatever this is bundled into. */
const BOOT = `
const { parentPort, workerData } = require('node:worker_threads');
const { file, handler, name, memoryMb } = workerData;
parentPort.on('message', async ({ id, event, endsAt }) => {
  const context = {
    awsRequestId: id,
    functionName: name,
    functionVersion: '$LATEST',
    memoryLimitInMB: String(memoryMb),
    getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
  };
  try {
    const result = await require(file)[handler](JSON.parse(event), context);
    parentPort.postMessage({ payload: JSON.stringify(result ?? null) });
  } catch (error) {
    const { name: errorType = 'Error', message: errorMessage = String(error), stack = '' } = error ?? {};
    parentPort.postMessage({ error: { errorType, errorMessage, trace: String(stack).split('\\n') } });
  }
});`;

export class FunctionWorker {
  readonly #thread: Worker;

  constructor(
    private readonly deployed: DeployedFunction,
    onLine: (line: string) => void,
  ) {
    const { environment } = deployed;
    this.#thread = new Worker(BOOT, {
      eval: true,
      env: { ...environment },
      workerData: deployed,
      stdout: true,
      stderr: true,
    });
    for (const stream of [this.#thread.stdout, this.#thread.stderr])
      stream.on('data', (chunk: Buffer) => onLine(String(chunk)));
    this.#thread.unref();
  }

  /** Its end, or its time-out, is an outcome as well; it is then not fit for another event. */
  async invoke(event: string): Promise<{ readonly outcome: Outcome; readonly isAlive: boolean }> {
    const id = randomUUID();
    const { timeoutSeconds } = this.deployed;
    const timeoutMs = timeoutSeconds * 1000;
    return new Promise((resolve) => {
      const end = (outcome: Outcome, isAlive: boolean) => {
        clearTimeout(timer);
        // By name: without one, the thread's own listeners go, and its next answer never arrives.
        for (const event of ['message', 'error', 'exit']) this.#thread.removeAllListeners(event);
        // What an instance that is given up still says is nobody's failure.
        this.#thread.on('error', () => undefined);
        resolve({ outcome, isAlive });
      };
      const fail = (errorType: string, errorMessage: string) =>
        end({ error: { errorType, errorMessage: `RequestId: ${id} Error: ${errorMessage}` } }, false);
      const late = () =>
        fail('Sandbox.Timedout', `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
      const timer = setTimeout(late, timeoutMs);
      this.#thread.removeAllListeners('error');
      this.#thread.once('message', (outcome: Outcome) => end(outcome, true));
      this.#thread.once('error', (error) => fail('Runtime.ExitError', String(error)));
      this.#thread.once('exit', (code) => fail('Runtime.ExitError', `Runtime exited with status ${code}`));
      this.#thread.postMessage({ id, event, endsAt: Date.now() + timeoutMs });
    });
  }

  async stop(): Promise<void> {
    await this.#thread.terminate();
  }
}
