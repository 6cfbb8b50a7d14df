import { dockerObstacle } from '../local/batch/docker-check';
import type { Listener } from '../local/execution/events';
import { runDemand } from '../local/execution/run';
import { MockPath, readMockFile } from '../local/mocks/mock-file';
import { LocalRoot } from '../local/world/root';
import { steadyNow } from '../local/world/steady-time';
import { describeError, type Problem, refuseIfAny } from '../src/errors';
import { demandMachineOf } from '../src/machines/names';
import { cancelOnSignals } from './cancel';
import { readDocument } from './document';
import { type RunCommandOptions, stageOptions } from './options';
import { err, out } from './output/output';
import { EXIT, withRefusals } from './refusal';
import { TerminalView } from './terminal-view';
import { TextView } from './text-view';

/** `demand run FILE`: runs a demand and shows its progress. */
export function runCommand(file: string, options: RunCommandOptions): Promise<number> {
  return withRefusals(options.json, async () => {
    const signal = cancelOnSignals();
    if (options.runner === 'docker') refuseIfAny(dockerProblems());
    const running = runDemand(await readDocument(file), {
      ...options,
      ...(await stageOptions(options)),
      root: new LocalRoot(options.root),
      inlineLimits: { maxBytes: options.inlineMaxBytes, maxFiles: options.inlineMaxFiles },
      staging: { concurrency: options.stagingConcurrency, batchConcurrency: options.batchConcurrency },
      signal,
      listener: listenerFor(options),
      hostEnvironment: process.env,
      now: steadyNow,
      ...(options.mock !== undefined && { mocks: mocksOf(options.mockFile, options.mock) }),
    });
    const ended = await running.catch((error: unknown) => {
      // The cancellation came before the machine began, or while this run waited for the run of another process.
      if (!signal.aborted) throw error;
      err.message(describeError(signal.reason).message);
    });
    if (ended !== undefined && options.mock !== undefined && !options.json) tellOfMocks(options);
    if (ended?.status === 'SUCCEEDED') return EXIT.ok;
    return signal.aborted ? EXIT.cancelled : EXIT.failed;
  });
}

function dockerProblems(): Problem[] {
  const obstacle = dockerObstacle(process.env);
  if (obstacle === undefined) return [];
  const remedy = 'Start docker, or leave --runner out: the job then runs as a process of this machine';
  return [{ pointer: '', message: `--runner docker cannot run a job: ${obstacle}`, remedy }];
}

function mocksOf(file: string, path: string): MockPath {
  return new MockPath(readMockFile(file), demandMachineOf('local'), path);
}

function tellOfMocks({ mock, mockFile }: RunCommandOptions): void {
  out.line(`  mocked: answers of ${mock} in ${mockFile} replaced tasks, which did not run`);
}

function listenerFor({ json, colours }: RunCommandOptions): Listener {
  if (json) return (event) => out.json(event);
  const View = out.isTerminal ? TerminalView : TextView;
  const view = new View(out, steadyNow, colours);
  return (event) => view.show(event);
}
