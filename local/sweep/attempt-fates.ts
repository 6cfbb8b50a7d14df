/** The fates of the executions in a root, by the notes of their attempts. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fate, Fates, RunningExecutions } from '../../src/sweep/fates';
import { executionArn } from '../engine/definitions';
import { type AttemptState, attemptsFolder, stateOf } from '../execution/attempts';

const OURS = executionArn('demand-execution', '');

/** @param executions the folder of the attempts */
export function attemptFates(executions: string): Fates & RunningExecutions {
  return {
    of: async (arn) => {
      if (!arn.startsWith(OURS)) return { kind: 'unknown' };
      const states = await Promise.all(attemptsNamed(executions, arn.slice(OURS.length)).map(stateOf));
      return fateOf(states.flatMap((state) => state ?? []));
    },
    oldestBegin: async () => {
      const begins = (await statesIn(executions)).flatMap((state) =>
        state.kind === 'running' ? [state.begunAt] : [],
      );
      return Math.min(Number.POSITIVE_INFINITY, ...begins);
    },
  };
}

/** The execution `a-2` is the first attempt of the demand `a-2`, or the second one of the demand `a`. */
function attemptsNamed(executions: string, name: string): readonly string[] {
  const [, id, number] = /^(.+)-(\d+)$/s.exec(name) ?? [];
  const first = join(attemptsFolder(executions, name), '1');
  return id === undefined || number === undefined
    ? [first]
    : [first, join(attemptsFolder(executions, id), number)];
}

function fateOf(states: readonly AttemptState[]): Fate {
  const running = states.some(({ kind }) => kind === 'running');
  if (running) return { kind: 'running' };
  const ended = states.flatMap((state) => (state.kind === 'ended' ? [state] : []));
  const [last] = ended.toSorted((one, other) => other.endedAt - one.endedAt);
  return last === undefined
    ? { kind: 'gone' }
    : { ...last, hasSucceeded: ended.every(({ hasSucceeded }) => hasSucceeded) };
}

async function statesIn(executions: string): Promise<readonly AttemptState[]> {
  const found: AttemptState[] = [];
  for (const id of await namesIn(executions))
    for (const attempt of await namesIn(join(executions, id))) {
      const state = await stateOf(join(executions, id, attempt));
      if (state !== undefined) found.push(state);
    }
  return found;
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
