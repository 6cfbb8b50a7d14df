/** Runs a demand on the embedded engine in any root, with real child processes and without the command line. */
import { LocalJobDefinitions } from '../../../local/batch/job-definitions';
import { ProcessRunner } from '../../../local/batch/process-runner';
import type { JobRunner } from '../../../local/batch/runner';
import {
  type EngineServices,
  type ExecutionOutcome,
  execute,
  type LocalFunctions,
} from '../../../local/engine/engine';
import { type FunctionsWorld, localFunctions } from '../../../local/execution/functions';
import { localInput } from '../../../local/execution/input';
import { localFileSystems } from '../../../local/world/file-systems';
import { LOCAL_RULES, type LocalRoot } from '../../../local/world/root';
import { readLocalSecret } from '../../../local/world/secrets';

type Chosen = Pick<EngineServices, 'onEvent' | 'signal' | 'mocks' | 'retryWaitMs'>;

export interface OnEngine extends Partial<Chosen>, Partial<FunctionsWorld['settings']> {
  /** Default: a child process for each job. */
  readonly runner?: JobRunner;
  /** Replaces functions. Default: the functions as they are. */
  readonly replace?: (functions: LocalFunctions) => LocalFunctions;
}

const NO_JOB_LISTENER = {
  jobStarted: () => undefined,
  jobOutput: () => undefined,
  jobEnded: () => undefined,
};

/** @param name the name of the execution; the id of the demand unless a test wants another attempt */
export function runOnEngine(
  root: LocalRoot,
  name: string,
  document: unknown,
  {
    runner = new ProcessRunner(process.env, async () => undefined),
    replace = (functions) => functions,
    inlineLimits = { maxBytes: 2 ** 30, maxFiles: 1_000 },
    rules = LOCAL_RULES,
    ...chosen
  }: OnEngine = {},
): Promise<ExecutionOutcome> {
  const jobDefinitions = new LocalJobDefinitions();
  const settings = { inlineLimits, rules };
  return execute('demand-execution', name, localInput(document, root, 'process'), {
    functions: replace(localFunctions({ root, jobDefinitions, report: () => undefined, settings })),
    batch: {
      root,
      jobDefinitions,
      fileSystems: localFileSystems,
      runner,
      readSecret: (reference) => readLocalSecret(reference, root),
      now: Date.now,
      listener: NO_JOB_LISTENER,
    },
    onEvent: () => undefined,
    signal: new AbortController().signal,
    ...chosen,
  });
}
