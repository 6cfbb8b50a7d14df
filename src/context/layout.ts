/** An execution laid out on paper: everything that follows from the request alone, without asking AWS. */
import { type ResolvedParameters, resolveParameters } from '../demand/parameters';
import { type ChosenCandidates, chooseCandidates } from '../efs/configuration';
import type { Problem } from '../errors';
import type { Environment, Surroundings } from '../surroundings';
import { buildEnvironment } from './environment';
import { overlapProblems } from './overlaps';
import { type ExecutionPaths, executionIdProblems, executionPaths } from './paths';
import type { Layable } from './request';

export interface Layout {
  readonly chosen: ChosenCandidates;
  readonly paths: ExecutionPaths;
  readonly parameters: ResolvedParameters;
  readonly environment: Environment;
}

export interface LayoutOptions extends Surroundings {
  readonly allowFileRemotes: boolean;
}

/** Lays out what can be, and names everything that is wrong; pointers are into the demand. */
export function layOut(
  { executionId, parameters: given, fileSystems, configuration }: Layable,
  options: LayoutOptions,
): { readonly layout: Layout; readonly problems: readonly Problem[] } {
  const { isolateInputs } = configuration;
  const chosen = chooseCandidates(fileSystems, executionId, options.containerRoot);
  const paths = executionPaths(executionId, chosen, {
    isolateInputs,
    allowFileRemotes: options.allowFileRemotes,
  });
  const { resolved, problems } = resolveParameters(given, paths);
  const environment = buildEnvironment(
    executionId,
    resolved.environment,
    paths,
    options,
    Object.keys(given.params),
  );
  return {
    layout: { chosen, paths, parameters: resolved, environment: environment.environment },
    problems: [
      ...executionIdProblems(executionId, chosen),
      ...problems,
      ...environment.problems,
      ...overlapProblems(resolved, isolateInputs),
    ],
  };
}
