/**
 * Chooses as Python's `random.Random(seed).choice(items)` does, bit by bit. So an execution mounts the file systems that
 * the original chooses for its id.
 *
 * Source: MT19937 by Matsumoto and Nishimura (init_by_array), with the seed that CPython makes from a string.
 */
import { createHash } from 'node:crypto';

const SIZE = 624;
const SHIFT = 397;

/** Returns the item that Python chooses for this seed. @throws RangeError for an empty list */
export function pythonChoice<T>(seed: string, items: readonly T[]): T {
  if (items.length === 0) throw new RangeError('cannot choose from an empty list');
  const next = mersenneTwister(seedWords(seed));
  const bits = 32 - Math.clz32(items.length);
  for (;;) {
    const chosen = items[next() >>> (32 - bits)];
    if (chosen !== undefined) return chosen;
  }
}

/** Returns the big-endian integer `seed || sha512(seed)` in 32-bit words. The least significant word is the first. */
function seedWords(seed: string): number[] {
  const bytes = Buffer.from(seed, 'utf8');
  const whole = Buffer.concat([bytes, createHash('sha512').update(bytes).digest()]);
  const words: number[] = [];
  for (let end = whole.length; end > 0; end -= 4) {
    let word = 0;
    for (let index = Math.max(0, end - 4); index < end; index += 1)
      word = (word * 256 + (whole[index] ?? 0)) >>> 0;
    words.push(word);
  }
  while (words.length > 1 && words.at(-1) === 0) words.pop();
  return words;
}

function mersenneTwister(key: readonly number[]): () => number {
  const state = initialise(key);
  let index = SIZE;
  return () => {
    if (index >= SIZE) {
      twist(state);
      index = 0;
    }
    const word = temper(state[index] ?? 0);
    index += 1;
    return word;
  };
}

function initialise(key: readonly number[]): Uint32Array {
  const state = new Uint32Array(SIZE);
  state[0] = 19650218;
  for (let i = 1; i < SIZE; i += 1) state[i] = Math.imul(1812433253, mixed(state, i)) + i;
  let i = 1;
  let j = 0;
  for (let round = Math.max(SIZE, key.length); round > 0; round -= 1) {
    state[i] = (at(state, i) ^ Math.imul(mixed(state, i), 1664525)) + (key[j] ?? 0) + j;
    i = advance(state, i);
    j = (j + 1) % key.length;
  }
  for (let round = SIZE - 1; round > 0; round -= 1) {
    state[i] = (at(state, i) ^ Math.imul(mixed(state, i), 1566083941)) - i;
    i = advance(state, i);
  }
  state[0] = 0x80000000;
  return state;
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i += 1) {
    const joined = (at(state, i) & 0x80000000) | (at(state, (i + 1) % SIZE) & 0x7fffffff);
    state[i] = at(state, (i + SHIFT) % SIZE) ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
  }
}

function temper(word: number): number {
  let tempered = word ^ (word >>> 11);
  tempered ^= (tempered << 7) & 0x9d2c5680;
  tempered ^= (tempered << 15) & 0xefc60000;
  return (tempered ^ (tempered >>> 18)) >>> 0;
}

function mixed(state: Uint32Array, index: number): number {
  const previous = at(state, index - 1);
  return previous ^ (previous >>> 30);
}

function advance(state: Uint32Array, index: number): number {
  if (index + 1 < SIZE) return index + 1;
  state[0] = at(state, SIZE - 1);
  return 1;
}

function at(state: Uint32Array, index: number): number {
  return state[index] ?? 0;
}
