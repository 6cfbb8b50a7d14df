/** What all verbs about AWS have in common: a way to it, and failures that are told and become exit codes. */
import { setTimeout } from 'node:timers/promises';
import { withRefusals } from '../refusal';
import { AwsApi, clientSettings } from './api';
import { VerbFailed } from './failures';
import type { AwsOptions } from './options';

export function withAws(options: AwsOptions, verb: (api: AwsApi) => Promise<number>): Promise<number> {
  return withRefusals(options.json, async () => {
    try {
      return await verb(new AwsApi(clientSettings(options)));
    } catch (error) {
      const failure = error instanceof VerbFailed ? error : undefined;
      if (failure === undefined) throw error;
      tellFailure(failure, options.json);
      return failure.exitCode;
    }
  });
}

function tellFailure({ name, message }: VerbFailed, json: boolean): void {
  if (json) printJson({ type: 'error', error: name, message });
  else process.stderr.write(`${name}: ${message}\n`);
}

export function printJson(document: object): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** @returns at once when it is aborted */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch((error) => {
    if (!signal.aborted) throw error;
  });
}
