/** Counts the calls that change a file system, and fails one of them. */
import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';

export interface Effects {
  /** The name of each call, in order. */
  readonly calls: string[];
  /** Index of the failing call, from 0. Without it no call fails. */
  readonly failAt?: number;
  /** True when the call fails after it succeeded, as after a lost answer of a file server. */
  readonly isDone?: boolean;
}

const OF_HANDLES = ['write', 'writev', 'sync', 'truncate', 'chmod', 'close'] as const;
const OF_PROMISES = ['rename', 'unlink', 'copyFile', 'mkdir', 'rmdir'] as const;
const AT_ONCE = ['writeSync', 'fsyncSync', 'renameSync', 'closeSync', 'mkdirSync'] as const;

type Call = (...args: unknown[]) => unknown;

/** Watches the calls until `jest.restoreAllMocks`. */
export function watchEffects(effects: Effects): void {
  for (const name of OF_PROMISES) replace(promises, name, (real) => inTurn(effects, name, real));
  for (const name of AT_ONCE) replace(fs, name, (real) => now(effects, name, real));
  replace(fs, 'openSync', (real) => {
    const create = now(effects, 'openSync', real);
    return (...args) => (args[1] === 'wx' ? create(...args) : real(...args));
  });
  replace(promises, 'open', (real) => {
    const create = inTurn({ ...effects, isDone: false }, 'open', real);
    return async (...args) =>
      watchHandle(effects, (await (args[1] === 'wx' ? create : real)(...args)) as FileHandle);
  });
}

function watchHandle(effects: Effects, handle: FileHandle): FileHandle {
  for (const name of OF_HANDLES) {
    const real = (handle[name] as Call).bind(handle);
    Object.assign(handle, { [name]: inTurn(effects, name, real) });
  }
  return handle;
}

function replace(module: object, name: string, by: (real: Call) => Call): void {
  const functions = module as Record<string, Call>;
  const real = functions[name]!;
  jest.spyOn(functions, name).mockImplementation(by(real));
}

function inTurn(effects: Effects, name: string, real: Call): Call {
  return async (...args) => {
    if (!isNext(effects, name)) return real(...args);
    // Calls within this call do not count.
    if (mustBeDone(effects, name)) await Promise.resolve(real(...args)).catch(() => undefined);
    throw failure(name);
  };
}

function now(effects: Effects, name: string, real: Call): Call {
  return (...args) => {
    if (!isNext(effects, name)) return real(...args);
    if (mustBeDone(effects, name)) real(...args);
    throw failure(name);
  };
}

function isNext({ calls, failAt }: Effects, name: string): boolean {
  return calls.push(name) - 1 === failAt;
}

/** A close frees the descriptor even when it fails. */
function mustBeDone({ isDone }: Effects, name: string): boolean {
  return isDone === true || name.startsWith('close');
}

function failure(name: string): Error {
  return Object.assign(new Error(`EIO: told to fail, ${name}`), { code: 'EIO' });
}
