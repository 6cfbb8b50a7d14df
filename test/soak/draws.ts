/** The random demands of a soak. One seed gives the same demands again. */
import { kindsOf, TARGETS, type Target } from '../faults/matrix/expected';
import type { Fault } from '../faults/matrix/faults';
import type { Row } from '../faults/matrix/table';
import { generatorOf } from '../faults/random';
import { HOSTILE_JOBS, type HostileJob } from './hostile-commands';

/** Share of the demands with a fault, and share with a hostile job. The other demands are killed or stopped. */
const FAULTS = 0.6;
const HOSTILE = 0.3;

export type Draw =
  | { readonly kind: 'fault'; readonly target: Target; readonly fault: Fault; readonly isShared: boolean }
  | { readonly kind: 'job'; readonly job: HostileJob; readonly isShared: boolean }
  | { readonly kind: 'interrupted'; readonly moments: () => number; readonly isShared: boolean };

export interface Outcome {
  readonly row: Row;
  readonly mistake?: string;
}

/** @param repeats true: some faults hit each call of a state, the other faults hit the first call */
export function drawsOf(seed: number, count: number, repeats: boolean): Draw[] {
  const random = generatorOf(seed);
  return Array.from({ length: count }, (_, index) => {
    const draw = random();
    // The demands end in any order, so each has a generator of its own.
    const own = generatorOf(seed * 1_000_003 + index);
    const isShared = own() < 0.5;
    if (draw < FAULTS) return { kind: 'fault', isShared, ...drawFault(own, repeats) };
    if (draw < FAULTS + HOSTILE) return { kind: 'job', isShared, job: pick(HOSTILE_JOBS, own) };
    return { kind: 'interrupted', isShared, moments: own };
  });
}

function drawFault(random: () => number, repeats: boolean) {
  const target = pick(TARGETS, random);
  const kind = pick(kindsOf(target), random);
  const once = !repeats || kind === 'is stopped' || random() < 0.7;
  return { target, fault: { kind, state: target.state, once } };
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!;
}

export interface Found {
  readonly status: string;
  readonly isStored: boolean;
  /** True: the content of an input has changed, or bytes of a result are nowhere. */
  readonly isLost: boolean;
  readonly hasDirectory: boolean;
}

/** Returns the row of an ended demand, and its mistake if the demand did not end as expected. */
export function judge(
  state: string,
  id: string,
  expected: { readonly statuses: readonly string[]; readonly directory: boolean | 'either' },
  { status, isStored, isLost: isGone, hasDirectory }: Found,
): Outcome {
  const isLost = isGone || (status === 'SUCCEEDED' && !isStored);
  const isLeft = expected.directory === false && hasDirectory;
  const row: Row = {
    state,
    succeeded: Number(status === 'SUCCEEDED'),
    failed: Number(status !== 'SUCCEEDED'),
    bytesLost: isLost ? 5 : 0,
    thingsLeft: Number(isLeft),
    kept: Number(hasDirectory && !isLeft),
  };
  const isWrong = !expected.statuses.includes(status) || isLost || isLeft;
  return { row, ...(isWrong && { mistake: `${id}: ${JSON.stringify({ ...row, status, expected })}` }) };
}
