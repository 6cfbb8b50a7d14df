/** Checks a demand before it runs on this machine, and creates nothing. */
import { stat } from 'node:fs/promises';
import { withDemandPointer } from '../../src/context/examine';
import { misspeltFields } from '../../src/context/ignored-fields';
import { readRequest } from '../../src/context/request';
import { inputSizeProblems } from '../../src/demand/size';
import { describeProblem, type Problem } from '../../src/errors';
import type { DemandRules } from '../../src/rules/model';
import { type Examined, examine } from '../../src/steps/normalise';
import { isJsonObject } from '../../src/wire/json';
import { LOCAL_ACCESS_POINTS } from '../world/file-systems';
import { LOCAL_RULES, LOCAL_STAGE, type LocalRoot } from '../world/root';
import { localSecretProblems } from '../world/secrets';
import { remedyForMissing, seededStores } from '../world/stores';
import { localInput, type RunnerName } from './input';

export interface ExamineOptions {
  readonly root: LocalRoot;
  readonly runner: RunnerName;
  /** A folder of buckets that the run copies into the root first. */
  readonly seed?: string;
  readonly signal: AbortSignal;
  /** Default: {@link LOCAL_RULES}. */
  readonly rules?: DemandRules;
}

/** Checks a demand or a scaffolding request. Pointers of its problems are into the document as it was given. */
export async function examineDocument(document: unknown, options: ExamineOptions): Promise<Examined> {
  const tooLarge = inputSizeProblems(document);
  if (tooLarge.length > 0) return { problems: tooLarge };
  const { root, runner, seed, signal, rules = LOCAL_RULES } = options;
  const form = readRequest(document);
  if (!isJsonObject(document)) return { problems: form.problems };
  if (seed !== undefined && !(await isFolder(seed))) return { problems: [noSeed(seed)] };
  const stores = seededStores(root, seed);
  const examined = await examine(localInput(document, root, runner), {
    stores,
    signal,
    remedyFor: (location) => remedyForMissing(root, seed, location),
    settings: {
      ...LOCAL_STAGE,
      accessPoints: LOCAL_ACCESS_POINTS,
      rules,
      // A stage reads and writes no file of this machine.
      allowFileRemotes: options.rules === undefined,
    },
  });
  const secrets = await localSecretProblems(examined.layout?.parameters.secrets ?? [], root);
  const further = [...examined.problems, ...withDemandPointer(secrets, '/demand_execution')].map(
    ({ pointer, ...rest }) => ({
      pointer: form.demandPointer === '' ? pointer.replace(/^\/demand_execution/, '') : pointer,
      ...rest,
    }),
  );
  // The input of the machine has other file systems than the document.
  return { ...examined, problems: unique([...form.problems, ...further, ...misspeltFields(document)]) };
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [describeProblem(problem), problem])).values()];
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() === true;
}

function noSeed(seed: string): Problem {
  return {
    pointer: '',
    message: `the folder of buckets to begin with (--seed), ${seed}, does not exist`,
    remedy: 'Give a folder with a folder for each bucket, or leave --seed out',
  };
}
