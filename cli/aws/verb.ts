/** What all verbs about AWS have in common: a way to it, and failures that are told and become exit codes. */
import { EXIT, withRefusals } from '../refusal';
import { AwsApi, clientSettings } from './api';
import { VerbFailed } from './failures';
import type { AwsOptions } from './options';

export function withAws(options: AwsOptions, verb: (api: AwsApi) => Promise<number>): Promise<number> {
  // Whoever reads no further (`| head`) has got what was wanted.
  process.stdout.on('error', () => process.exit(EXIT.cancelled));
  return withRefusals(options.json, async () => {
    try {
      return await verb(new AwsApi(clientSettings(options)));
    } catch (error) {
      if (!(error instanceof VerbFailed)) throw error;
      tellFailure(error, options);
      return error.exitCode;
    }
  });
}

function tellFailure({ name, message: words }: VerbFailed, { json, profile }: AwsOptions): void {
  const asked = profile ?? process.env.AWS_PROFILE;
  // The SDK does not say that it looked for it in vain.
  const isNoProfile = name === 'CredentialsProviderError' && asked !== undefined && !words.includes(asked);
  const message = isNoProfile ? `profile ${asked}: ${words}` : words;
  if (json) printJson({ type: 'error', error: name, message });
  else process.stderr.write(`${name}: ${message}\n`);
}

export function printJson(document: object): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** Nothing is begun here that would have to end in order; the terminal is given back by who has taken it. */
export function leaveOnSignals(words: string): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      process.stderr.write(`\n${name}: ${words}\n`);
      process.exit(EXIT.cancelled);
    });
}
