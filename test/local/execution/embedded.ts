/** Runs a demand on the embedded engine, with real child processes; a test decides how each job ends. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessRunner } from '../../../local/batch/process-runner';
import type { JobExit, JobRunner, RunnableJob } from '../../../local/batch/runner';
import type { MockedAnswer } from '../../../local/mocks/mock-file';
import { LocalRoot } from '../../../local/world/root';
import { runOnEngine } from './on-engine';

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
  const processes = new ProcessRunner(process.env, async () => undefined);
  const lines: string[] = [];
  const run: Run = (job, signal = new AbortController().signal) =>
    processes.run(job, (line) => void lines.push(line), signal);
  const runner: JobRunner = { run: (job, _, signal) => runJob(run, job, signal) };
  const states: string[] = [];
  const outcome = await runOnEngine(root, 'run-1', demand, {
    runner,
    onEvent: (event) => {
      if (event.type === 'StateEntered') states.push(event.state);
    },
    ...(mocked && { mocks: { next: mocked } }),
  });
  const stored = readdirSync(join(root.s3, 'bucket'));
  return { outcome, states, stored, lines, root, directory: join(root.fileSystem('scratch'), 'run-1') };
}
