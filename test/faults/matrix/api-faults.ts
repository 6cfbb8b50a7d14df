/** Injects faults into the functions and jobs of the local API, each demand its own, told by the execution's name. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceFaults } from '../../../local/api/deployed-service';
import type { FunctionPool } from '../../../local/api/functions/pool';
import type { DeployedFunction } from '../../../local/api/functions/worker';
import type { ApiAnswer, GatewayRoute } from '../../../local/api/gateway/gateway';
import { EXECUTION_VARIABLE } from '../../../src/batch/claim';
import type { Fault } from './faults';

/** Milliseconds after which a function is killed, or its time is over. */
const CUT_OFF_MS = 30;

export interface ApiFault extends Fault {
  /** True: each transfer is too large for one call. */
  readonly atScale: boolean;
  /** A state that fails in each call before the state of the fault. */
  readonly failing?: string;
}

interface Call {
  /** ARN of the execution of the demand. */
  readonly demand: string;
  readonly state: string;
}

type Outcome = Awaited<ReturnType<FunctionPool['invoke']>>;

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
      return async (request) => {
        const isJob = path === '/v1/submitjob';
        const call = (isJob ? jobOf : this.#callOf)(String(request.body));
        const kind = call && this.#faults.get(call.demand)?.kind;
        if (call === undefined || (kind !== 'is throttled' && !isJob) || !this.#isHit(call))
          return answer(request);
        if (kind === 'is throttled') return refusal(429, 'TooManyRequestsException', 'Rate Exceeded.');
        if (kind === 'throws') return refusal(400, 'ClientException', 'a fault of the test');
        const submitted = await answer(request);
        await this.stop(call.demand);
        return submitted;
      };
    };
  }

  async #invoke(deployed: DeployedFunction, event: string, pool: FunctionPool): Promise<Outcome> {
    const call = this.#callOf(event);
    const fault = call && this.#faults.get(call.demand);
    if (call === undefined || fault === undefined) return pool.invoke(deployed, event);
    const scaled = fault.atScale ? atScale(deployed) : deployed;
    if (call.state === fault.failing) return failed('ErrorBeforeTheFault');
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
    const parent = this.#demands.get(place.execution.split(':').at(-1)?.split('-')[0] ?? '');
    return { demand: parent ?? place.execution, state: place.state };
  };

  #isHit({ demand, state }: Call): boolean {
    const fault = this.#faults.get(demand);
    if (fault === undefined || fault.state !== state || (fault.once && this.hitsOf(demand) > 0)) return false;
    this.#hits.set(demand, this.hitsOf(demand) + 1);
    return true;
  }
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

/** Returns the demand of a submitted job. */
function jobOf(body: string): Call | undefined {
  const { containerOverrides } = JSON.parse(body) as {
    containerOverrides?: { environment?: readonly { name: string; value: string }[] };
  };
  const demand = containerOverrides?.environment?.find(({ name }) => name === EXECUTION_VARIABLE)?.value;
  return demand === undefined ? undefined : { demand, state: 'RunJob' };
}
