/** From an error name and its JSON cause to words. */
import { isJsonObject } from '../../src/wire/json';
import type { Failure } from './events';

/** What Batch says of every job that has ended with an exit code of its own. */
export const ENDED_BY_ITSELF = 'Essential container in task exited';

/** @param lastLines of the job, told if it is the job that failed */
export function explainFailure(
  { error, cause }: { readonly error: string; readonly cause: string },
  lastLines: readonly string[],
): Failure {
  const detail = parseCause(cause);
  const container = isJsonObject(detail.Container) ? detail.Container : undefined;
  if (container !== undefined) return explainJob(error, detail, container, lastLines);
  // A child execution; what it failed of may be another one.
  if (typeof detail.Cause === 'string')
    return explainFailure({ error: String(detail.Error ?? error), cause: detail.Cause }, lastLines);
  return { error, message: messageOf(detail, cause) };
}

function explainJob(
  error: string,
  detail: Record<string, unknown>,
  container: Record<string, unknown>,
  lastLines: readonly string[],
): Failure {
  const { ExitCode: exitCode, Reason: reason = tellingReason(detail) } = container;
  const because = reason === undefined ? '' : ` (${String(reason)})`;
  if (typeof exitCode !== 'number')
    return { error, message: `the job could not be started${because}`, lastLines };
  const message =
    error === 'DemandCancelled'
      ? `the job was stopped: ${String(detail.StatusReason)}`
      : `the job ended with exit code ${exitCode}${because}${hintFor(exitCode)}`;
  return { error, message, exitCode, lastLines };
}

/** A host that went away, or whoever stopped it. */
function tellingReason({ StatusReason: reason }: Record<string, unknown>): unknown {
  return reason === ENDED_BY_ITSELF ? undefined : reason;
}

/** What shells mean by their own codes: https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html */
function hintFor(exitCode: number): string {
  if (exitCode === 127) return ': a program was not found. Is it installed where the job runs?';
  if (exitCode === 126)
    return ': a program could not be started. It is not executable (run it through its interpreter, or set its mode), or its arguments are too long';
  return '';
}

function messageOf({ errorMessage }: Record<string, unknown>, cause: string): string {
  return typeof errorMessage === 'string' ? errorMessage : cause;
}

function parseCause(cause: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(cause);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
