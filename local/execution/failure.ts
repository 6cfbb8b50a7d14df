/** From an error name and its JSON cause to words. */
import { isJsonObject } from '../../src/wire/json';
import type { Outcome } from '../engine/engine';
import type { Failure } from './events';

export function explainFailure(
  { error, cause }: Extract<Outcome, { status: 'FAILED' }>,
  lastLines: readonly string[],
): Failure {
  const detail = parseCause(cause);
  const container = isJsonObject(detail.Container) ? detail.Container : undefined;
  if (container !== undefined) return explainJob(error, detail, container, lastLines);
  if (typeof detail.Cause === 'string')
    return { error: String(detail.Error ?? error), message: messageOf(detail.Cause) };
  return { error, message: messageOf(cause) };
}

function explainJob(
  error: string,
  detail: Record<string, unknown>,
  container: Record<string, unknown>,
  lastLines: readonly string[],
): Failure {
  const { ExitCode: exitCode, Reason: reason } = container;
  const because = reason === undefined ? '' : ` (${String(reason)})`;
  if (typeof exitCode !== 'number')
    return { error, message: `the job could not be started${because}`, lastLines };
  const message =
    error === 'DemandCancelled'
      ? `the job was stopped: ${String(detail.StatusReason)}`
      : `the job ended with exit code ${exitCode}${because}${hintFor(exitCode)}`;
  return { error, message, exitCode, lastLines };
}

/** What shells mean by their own codes: https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html */
function hintFor(exitCode: number): string {
  if (exitCode === 127) return ': a program was not found. Is it installed here, and in the image?';
  if (exitCode === 126)
    return ': a program could not be started. It is not executable (run it through its interpreter, or set its mode), or its arguments are too long';
  return '';
}

function messageOf(cause: string): string {
  const { errorMessage } = parseCause(cause);
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
