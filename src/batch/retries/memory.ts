/** The memory of a job that runs again after a lack of memory. */

export interface MemorySettings {
  /** The memory of each job, in multiples of the job before. Without a factor no job gets more memory. */
  readonly memoryFactor?: number | undefined;
  /** MiB. Default: {@link DEFAULT_CEILING} times the memory of the first job. */
  readonly maxMemory?: number | undefined;
  /** MiB that the rules of the stage permit. Default: any number. */
  readonly mostMemory?: number | undefined;
}

export const DEFAULT_CEILING = 4;

/**
 * Returns the memory of the next job.
 *
 * @param memory MiB of the job that has failed
 * @param first MiB of the first job of the execution
 * @returns MiB; undefined when no more memory is allowed
 */
export function nextMemory(
  memory: number,
  first: number,
  { memoryFactor, maxMemory = DEFAULT_CEILING * first, mostMemory = maxMemory }: MemorySettings,
): number | undefined {
  if (memoryFactor === undefined) return undefined;
  const next = Math.min(Math.ceil(memory * memoryFactor), maxMemory, mostMemory);
  return next > memory ? next : undefined;
}

/** Returns the memory of each job of an execution whose jobs all lack memory, in MiB, the first one included. */
export function memorySteps(first: number, settings: MemorySettings): number[] {
  const steps = [first];
  for (let next = nextMemory(first, first, settings); next !== undefined; ) {
    steps.push(next);
    next = nextMemory(next, first, settings);
  }
  return steps;
}
