/**
 * The instances of all functions. An event starts an instance when none is idle. A failed instance is dropped, and so is
 * one whose function has another environment by now.
 */
import type { OnLine } from '../../world/lines';
import { type DeployedFunction, FunctionWorker, type InvocationOutcome } from './worker';

/** Instances of one function at most. Lambda has up to a thousand; here, further events wait. */
const MOST_INSTANCES = 4;

const STOPPED: InvocationOutcome = {
  error: { errorType: 'Runtime.ExitError', errorMessage: 'The local API is stopping' },
};

interface Instances {
  readonly idle: FunctionWorker[];
  readonly waiting: (() => void)[];
  count: number;
}

export class FunctionPool {
  readonly #all = new Map<string, Instances>();
  readonly #workers = new Set<FunctionWorker>();
  #isStopped = false;

  /** @param openLog called once for each instance of the function of this name; returns the receiver of its lines */
  constructor(private readonly openLog: (name: string) => OnLine) {}

  async invoke(deployed: DeployedFunction, event: string): Promise<InvocationOutcome> {
    const instances = this.#instancesOf(deployed.name);
    const worker = await this.#take(instances, deployed);
    if (worker === undefined) return STOPPED;
    const { outcome, isAlive } = await worker.invoke(event);
    if (isAlive) instances.idle.push(worker);
    else await this.#end(worker, instances);
    instances.waiting.shift()?.();
    return outcome;
  }

  /** Ends all instances. Running, waiting and later events fail: a state machine may still send some. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { waiting } of this.#all.values()) for (const wake of waiting.splice(0)) wake();
    await Promise.all([...this.#workers].map((worker) => worker.stop()));
    this.#workers.clear();
    this.#all.clear();
  }

  async #take(instances: Instances, deployed: DeployedFunction): Promise<FunctionWorker | undefined> {
    while (!this.#isStopped && instances.idle.length === 0 && instances.count >= MOST_INSTANCES)
      await new Promise<void>((wake) => instances.waiting.push(wake));
    if (this.#isStopped) return undefined;
    for (let idle = instances.idle.pop(); idle !== undefined; idle = instances.idle.pop()) {
      if (!idle.hasEnded && idle.hasEnvironmentOf(deployed)) return idle;
      void this.#end(idle, instances);
    }
    instances.count++;
    const worker = new FunctionWorker(deployed, this.openLog(deployed.name));
    this.#workers.add(worker);
    return worker;
  }

  async #end(worker: FunctionWorker, instances: Instances): Promise<void> {
    instances.count--;
    await worker.stop();
    this.#workers.delete(worker);
  }

  #instancesOf(name: string): Instances {
    const instances = this.#all.get(name) ?? { idle: [], waiting: [], count: 0 };
    this.#all.set(name, instances);
    return instances;
  }
}
