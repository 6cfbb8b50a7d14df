/** The instances of all functions: made when they are needed, kept while they are well. */
import { type DeployedFunction, FunctionWorker, type Outcome } from './worker';

/** Of one function. Lambda would go up to a thousand; what waits here has its turn later. */
const MOST_INSTANCES = 4;

const STOPPED: Outcome = {
  error: { errorType: 'Runtime.ExitError', errorMessage: 'The local API is going down' },
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

  /** @param openLog asked once for each instance of the function with this name, for what is to take its lines */
  constructor(private readonly openLog: (name: string) => (line: string) => void) {}

  async invoke(deployed: DeployedFunction, event: string): Promise<Outcome> {
    const instances = this.#instancesOf(deployed.name);
    const worker = await this.#take(instances, deployed);
    if (worker === undefined) return STOPPED;
    const { outcome, isAlive } = await worker.invoke(event);
    if (isAlive) instances.idle.push(worker);
    else await this.#end(worker, instances);
    instances.waiting.shift()?.();
    return outcome;
  }

  /** What runs fails, as does what waits, or comes later: a state machine goes on asking. */
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
      if (!idle.hasEnded) return idle;
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
