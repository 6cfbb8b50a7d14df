/** The common parts of the verbs on AWS: the access to AWS, and failures that become messages and exit codes. */
import { err, out } from '../output/output';
import { EXIT, withRefusals } from '../refusal';
import { AwsApi, clientSettings } from './api';
import { VerbFailed } from './failures';
import type { AwsOptions } from './options';

export function withAws(options: AwsOptions, verb: (api: AwsApi) => Promise<number>): Promise<number> {
  // A reader that closes the pipe (`| head`) has read enough.
  out.onClosed(() => process.exit(EXIT.cancelled));
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
  // The SDK does not name the profile that it did not find.
  const isNoProfile = name === 'CredentialsProviderError' && asked !== undefined && !words.includes(asked);
  const message = isNoProfile ? `profile ${asked}: ${words}` : words;
  if (json) out.json({ type: 'error', error: name, message });
  else err.message(`${name}: ${message}`);
}

/** Exits at once: nothing here has to end in order. The view gives the terminal back by itself. */
export function leaveOnSignals(words: string): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      err.lines(['', `${name}: ${words}`]);
      process.exit(EXIT.cancelled);
    });
}
