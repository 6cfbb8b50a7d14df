/** Makes a very large demand. */
import { type ScenarioPlace, uriOf } from './scenarios';

/** Bytes of a state's input or output: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MOST_BYTES = 262_144;

/** Characters of a filling. Linux starts no program with a variable of more than 128 KiB. */
const LONGEST = 60_000;
const FILLINGS = 5;

export interface LargeDemand {
  readonly id: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Bytes of the whole demand. Unused parameters fill it up. */
  readonly bytes: number;
}

export function largeDemand(where: ScenarioPlace, { id, inputs, outputs, bytes }: LargeDemand) {
  const demand = (fillings: readonly string[]) => ({
    execution_type: 'test',
    execution_id: id,
    execution_image: 'public.ecr.aws/docker/library/debian:12-slim',
    execution_parameters: {
      command: [
        'mkdir results; for n in $(seq 0 ',
        `${outputs - 1}`,
        '); do cat data/* > results/out-$n; done',
      ],
      params: {
        ...transfers(where, inputs, outputs),
        ...Object.fromEntries(fillings.map((text, index) => [`f${index}`, text])),
      },
      inputs: names('in', inputs),
      outputs: names('out', outputs),
    },
    execution_platform: { aws_batch: { job_queue_name: where.jobQueueName } },
    resource_requirements: { memory: 512, vcpus: 1 },
  });
  const empty = JSON.stringify(demand(Array.from({ length: FILLINGS }, () => '')));
  const missing = Math.max(0, bytes - Buffer.byteLength(empty));
  const lengths = Array.from({ length: FILLINGS }, (_, index) =>
    Math.min(LONGEST, missing - index * LONGEST),
  );
  return demand(lengths.map((length) => 'x'.repeat(Math.max(0, length))));
}

/** Returns the inputs of the demand by key. Each file contains its number. */
export function largeDemandObjects(inputs: number): (readonly [string, string])[] {
  return names('in', inputs).map((name, index) => [`data/${name}.txt`, `${index}\n`] as const);
}

/** Returns the numbers in an output. @param stored all inputs, in the order of their names */
export function numbersIn(stored: string): number[] {
  const numbers = stored.trim().split('\n').map(Number);
  return numbers.sort((one, other) => one - other);
}

function transfers(where: ScenarioPlace, inputs: number, outputs: number): Record<string, string> {
  const ins = names('in', inputs).map((name) => [
    name,
    `${uriOf(where, `data/${name}.txt`)} @ data/${name}.txt`,
  ]);
  const outs = names('out', outputs).map((name) => [
    name,
    `results/${name} @ ${uriOf(where, `results/${name}`)}`,
  ]);
  return Object.fromEntries([...ins, ...outs]);
}

function names(what: string, length: number): string[] {
  return Array.from({ length }, (_, index) => `${what}-${index}`);
}
