/** Runs a demand on the embedded engine, with real child processes; a test decides how each job ends. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalJobDefinitions } from '../../../local/batch/job-definitions';
import { ProcessRunner } from '../../../local/batch/process-runner';
import type { JobExit, JobRunner, RunnableJob } from '../../../local/batch/runner';
import { execute } from '../../../local/engine/engine';
import { localFunctions } from '../../../local/execution/functions';
import { localInput } from '../../../local/execution/input';
import type { MockedAnswer, MockPath } from '../../../local/mocks/mock-file';
import { localFileSystems } from '../../../local/world/file-systems';
import { LOCAL_RULES, LocalRoot } from '../../../local/world/root';

export type Run = (job: RunnableJob, signal?: AbortSignal) => Promise<JobExit>;

/**
 * @param folder the folder of the local root; the object `s3://bucket/in` is in it
 * @param runJob runs each job; `run` starts its process
 * @param mocked returns the answer of a task that does not run
 */
export async function runEmbedded(
  demand: unknown,
  folder: string,
  runJob: (run: Run, job: RunnableJob, signal: AbortSignal) => Promise<JobExit>,
  mocked?: (state: string) => MockedAnswer | undefined,
) {
  const root = new LocalRoot(join(folder, 'root'));
  await root.create();
  mkdirSync(join(root.s3, 'bucket'));
  writeFileSync(join(root.s3, 'bucket/in'), 'input\n');
  const jobDefinitions = new LocalJobDefinitions();
  const processes = new ProcessRunner(process.env, async () => undefined);
  const lines: string[] = [];
  const run: Run = (job, signal = new AbortController().signal) =>
    processes.run(job, (line) => void lines.push(line), signal);
  const runner: JobRunner = { run: (job, _, signal) => runJob(run, job, signal) };
  const states: string[] = [];
  const outcome = await execute('demand-execution', 'run-1', localInput(demand, root, 'process'), {
    functions: localFunctions({
      root,
      jobDefinitions,
      report: () => undefined,
      settings: { inlineLimits: { maxBytes: 1e9, maxFiles: 1e6 }, rules: LOCAL_RULES },
    }),
    batch: {
      root,
      jobDefinitions,
      fileSystems: localFileSystems,
      runner,
      readSecret: async () => '',
      now: Date.now,
      listener: { jobStarted: () => undefined, jobOutput: () => undefined, jobEnded: () => undefined },
    },
    onEvent: (event) => {
      if (event.type === 'StateEntered') states.push(event.state);
    },
    signal: new AbortController().signal,
    ...(mocked && { mocks: { next: mocked } as MockPath }),
  });
  const stored = readdirSync(join(root.s3, 'bucket'));
  return { outcome, states, stored, lines, root, directory: join(root.fileSystem('scratch'), 'run-1') };
}
