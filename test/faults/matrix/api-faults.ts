/** Injects faults into the functions and jobs of the local API, each demand its own, told by the execution's name. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { ServiceFaults } from '../../../local/api/deployed-service';
import type { FunctionPool } from '../../../local/api/functions/pool';
import type { DeployedFunction } from '../../../local/api/functions/worker';
import type { ApiAnswer, GatewayRoute } from '../../../local/api/gateway/gateway';
import { EXECUTION_VARIABLE } from '../../../src/batch/claim';
import type { OnStartExecution } from './between';
import type { Fault, FaultyWay, Kind } from './faults';

/** Milliseconds after which a function is killed, or its time is over. */
const CUT_OFF_MS = 30;
/** Seconds of an attempt that is too short for its job. */
const SHORT_ATTEMPT_SECONDS = 1;
const POLL_MS = 50;

export interface ApiFault extends Fault, FaultyWay {
  /** True: each transfer is too large for one call. */
  readonly atScale: boolean;
}

interface Call {
  /** ARN of the execution of the demand, or of a sweep. */
  readonly demand: string;
  readonly state: string;
  readonly isOfOutput: boolean;
}

type Outcome = Awaited<ReturnType<FunctionPool['invoke']>>;
type Answerer = NonNullable<ReturnType<GatewayRoute>>;
type ApiRequest = Parameters<Answerer>[0];

export class ApiFaults implements ServiceFaults {
  readonly #faults = new Map<string, ApiFault>();
  readonly #hits = new Map<string, number>();
  /** Executions of demands by the hash in the names of their nested executions. */
  readonly #demands = new Map<string, string>();

  /**
   * @param folder a folder for the bundles of functions that are killed
   * @param stop stops an execution
   */
  constructor(
    private readonly folder: string,
    private readonly stop: (execution: string) => Promise<void>,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  /** @param execution ARN of the execution of the demand, which has not begun yet */
  plan(execution: string, fault: ApiFault): void {
    this.#faults.set(execution, fault);
    this.#demands.set(createHash('sha1').update(execution).digest('hex'), execution);
  }

  /** Returns the number of calls that had the fault. */
  hitsOf(execution: string): number {
    return this.#hits.get(execution) ?? 0;
  }

  functions(pool: FunctionPool): Pick<FunctionPool, 'invoke'> {
    return { invoke: (deployed, event) => this.#invoke(deployed, event, pool) };
  }

  route(route: GatewayRoute): GatewayRoute {
    return (method, path) => {
      const answer = route(method, path);
      if (answer === undefined) return undefined;
      if (path === '/v1/submitjob') {
        const describe = route('POST', '/v1/describejobs');
        return (request) => this.#submit(request, answer, describe);
      }
      return async (request) => {
        const call = this.#callOf(String(request.body));
        const isThrottled = call !== undefined && this.#kindOf(call) === 'is throttled' && this.#isHit(call);
        return isThrottled ? THROTTLED : answer(request);
      };
    };
  }

  /** Faults of the starts of nested executions. */
  readonly onStart: OnStartExecution = async ({ name = '' }, forward) => {
    const [hash = '', direction] = name.split('-');
    const demand = this.#demands.get(hash);
    const state = direction === 'input' ? 'SyncInputAtScale' : 'SyncOutputAtScale';
    const call = { demand: demand ?? '', state, isOfOutput: direction === 'output' };
    if (demand === undefined || !this.#isHit(call)) return forward();
    switch (this.#kindOf(call)) {
      case 'throws':
        return stepFunctionsRefusal(400, 'AccessDenied');
      case 'is throttled':
        return stepFunctionsRefusal(400, 'Throttling');
      case 'is stopped': {
        const answer = await forward();
        await this.stop(demand);
        return answer;
      }
      default:
        await forward();
        return stepFunctionsRefusal(503, 'ServiceUnavailable');
    }
  };

  async #submit(request: ApiRequest, answer: Answerer, describe: Answerer | undefined): Promise<ApiAnswer> {
    const call = jobOf(String(request.body));
    if (call === undefined || !this.#isHit(call)) return answer(request);
    switch (this.#kindOf(call)) {
      case 'throws':
        return refusal(400, 'ClientException', 'a fault of the test');
      case 'is throttled':
        return THROTTLED;
      case 'times out':
        return answer(withShortAttempt(request));
      case 'is stopped': {
        const submitted = await answer(request);
        await this.stop(call.demand);
        return submitted;
      }
      case 'loses its answer':
        await jobEnded(await answer(request), request, describe);
        return refusal(500, 'AWSBatchException', 'the answer of Batch is lost');
      default:
        // The command of the job kills itself.
        return answer(request);
    }
  }

  async #invoke(deployed: DeployedFunction, event: string, pool: FunctionPool): Promise<Outcome> {
    const call = this.#callOf(event);
    const fault = call && this.#faults.get(call.demand);
    if (call === undefined || fault === undefined) return pool.invoke(deployed, event);
    const scaled = fault.atScale ? atScale(deployed) : deployed;
    if (call.state === fault.failing && isMeant(call, fault)) return failed('ErrorBeforeTheFault');
    if (fault.kind === 'is throttled' || !this.#isHit(call)) return pool.invoke(scaled, event);
    switch (fault.kind) {
      case 'throws':
        return failed('ErrorOfTheTest');
      case 'is killed':
        return pool.invoke(this.#killed(scaled), event);
      case 'times out':
        return pool.invoke(hasty(scaled), event);
      case 'is stopped':
        await this.stop(call.demand);
        return pool.invoke(scaled, event);
      default:
        await pool.invoke(scaled, event);
        // The gateway answers an error with 500 and ServiceException.
        throw new Error('the answer of the function is lost');
    }
  }

  /** Returns a function whose process ends in the middle of an event. */
  #killed(deployed: DeployedFunction): DeployedFunction {
    const file = join(this.folder, `${deployed.name}.js`);
    const { handler } = deployed;
    writeFileSync(
      file,
      `const real = require(${JSON.stringify(deployed.file)});
exports[${JSON.stringify(handler)}] = (...given) => {
  setTimeout(() => process.exit(9), ${CUT_OFF_MS});
  return real[${JSON.stringify(handler)}](...given).then(() => new Promise(() => undefined));
};`,
    );
    return { ...deployed, name: `${deployed.name}-killed`, file };
  }

  /** Returns the demand and the state of an event. A nested execution has the hash of its parent in its name. */
  readonly #callOf = (event: string): Call | undefined => {
    const { logged_as: place } = (JSON.parse(event || '{}') ?? {}) as {
      logged_as?: { execution?: string; state?: string };
    };
    if (place?.execution === undefined || place.state === undefined) return undefined;
    const [hash = '', direction] = place.execution.split(':').at(-1)?.split('-') ?? [];
    const parent = this.#demands.get(hash);
    const isOfOutput = parent !== undefined && direction === 'output';
    return { demand: parent ?? place.execution, state: place.state, isOfOutput };
  };

  #kindOf({ demand }: Call): Kind | undefined {
    return this.#faults.get(demand)?.kind;
  }

  #isHit(call: Call): boolean {
    const { demand, state } = call;
    const fault = this.#faults.get(demand);
    if (fault === undefined || fault.state !== state || !isMeant(call, fault)) return false;
    if (fault.once && this.hitsOf(demand) > 0) return false;
    this.#hits.set(demand, this.hitsOf(demand) + 1);
    return true;
  }
}

function isMeant({ isOfOutput }: Call, { ofOutput = false }: FaultyWay): boolean {
  return isOfOutput || !ofOutput;
}

/** The instance's environment differs, so it gets a name of its own. */
function atScale(deployed: DeployedFunction): DeployedFunction {
  const environment = { ...deployed.environment, INLINE_SYNC_MAX_FILES: '0', INLINE_SYNC_MAX_BYTES: '0' };
  return { ...deployed, name: `${deployed.name}-at-scale`, environment };
}

function hasty(deployed: DeployedFunction): DeployedFunction {
  return { ...deployed, name: `${deployed.name}-hasty`, timeoutSeconds: CUT_OFF_MS / 1000 };
}

function failed(errorType: string): Outcome {
  return { error: { errorType, errorMessage: 'a fault of the test' } };
}

function refusal(status: number, code: string, message: string): ApiAnswer {
  return { status, headers: { 'x-amzn-errortype': code }, body: JSON.stringify({ message }) };
}

const THROTTLED = refusal(429, 'TooManyRequestsException', 'Rate Exceeded.');

/** @param code moto adds `Exception` to it, and the name of the service before it */
function stepFunctionsRefusal(status: number, code: string): ApiAnswer {
  const body = JSON.stringify({ __type: code, message: 'a fault of the test' });
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': '1' }, body };
}

/** Returns the demand of a submitted job. */
function jobOf(body: string): Call | undefined {
  const { containerOverrides } = JSON.parse(body) as {
    containerOverrides?: { environment?: readonly { name: string; value: string }[] };
  };
  const demand = containerOverrides?.environment?.find(({ name }) => name === EXECUTION_VARIABLE)?.value;
  return demand === undefined ? undefined : { demand, state: 'RunJob', isOfOutput: false };
}

function withShortAttempt(request: ApiRequest): ApiRequest {
  const timeout = { attemptDurationSeconds: SHORT_ATTEMPT_SECONDS };
  return { ...request, body: Buffer.from(JSON.stringify({ ...JSON.parse(String(request.body)), timeout })) };
}

/** Waits for the end of a submitted job. */
async function jobEnded(
  submitted: ApiAnswer,
  request: ApiRequest,
  describe: Answerer | undefined,
): Promise<void> {
  const { jobId } = JSON.parse(String(submitted.body)) as { jobId: string };
  const body = Buffer.from(JSON.stringify({ jobs: [jobId] }));
  for (;;) {
    const { jobs } = JSON.parse(String((await describe?.({ ...request, body }))?.body)) as {
      jobs: readonly { status: string }[];
    };
    if (['SUCCEEDED', 'FAILED'].includes(jobs[0]?.status ?? 'FAILED')) return;
    await setTimeout(POLL_MS);
  }
}
