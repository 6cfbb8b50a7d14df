/** The layout of an execution: its paths, parameters and environment. The request alone determines it, without AWS. */
import type { JobEnvironment } from '../batch/model';
import { type ResolvedParameters, resolveParameters } from '../demand/parameters';
import { secretProblems } from '../demand/secret-rules';
import { type ChosenCandidates, chooseCandidates } from '../efs/configuration';
import type { Problem } from '../errors';
import type { StageSettings } from '../stage-settings';
import { buildEnvironment, secretNameProblems } from './environment';
import { executionIdProblems } from './execution-id';
import { overlapProblems } from './overlaps';
import { type ExecutionPaths, executionPaths } from './paths';
import type { LayoutInput } from './request';

export interface Layout {
  readonly chosen: ChosenCandidates;
  readonly paths: ExecutionPaths;
  readonly parameters: ResolvedParameters;
  readonly environment: JobEnvironment;
}

export interface LayoutSettings extends StageSettings {
  readonly allowFileRemotes: boolean;
}

/**
 * Lays out an execution and collects all problems. The pointers of the problems are into the demand.
 *
 * @returns `layout` also when there are problems. It then has the valid parameters.
 */
export function layOut(
  { executionId, parameters: given, fileSystems, configuration }: LayoutInput,
  settings: LayoutSettings,
): { readonly layout: Layout; readonly problems: readonly Problem[] } {
  const { isolateInputs } = configuration;
  const chosen = chooseCandidates(fileSystems, executionId, settings.containerRoot);
  const paths = executionPaths(executionId, chosen, {
    isolateInputs,
    allowFileRemotes: settings.allowFileRemotes,
  });
  const { resolved, problems } = resolveParameters(given, paths);
  const environment = buildEnvironment(
    executionId,
    resolved.environment,
    paths,
    settings,
    Object.keys(given.params),
  );
  return {
    layout: { chosen, paths, parameters: resolved, environment: environment.environment },
    problems: [
      ...executionIdProblems(executionId, chosen),
      ...problems,
      ...environment.problems,
      ...secretNameProblems(resolved.secrets),
      ...secretProblems(resolved.secrets, settings.allowedSecrets),
      ...overlapProblems(resolved, isolateInputs),
    ],
  };
}
