/** Writes commands for the user to type next, with the options that lead to the same machine. */
import type { AwsOptions } from './options';

const DEFAULT_STAGE = 'dev';
const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * @param command such as `watch ID`
 * @returns the whole line, such as `demand watch ID --stage prod`
 */
export function nextCommand(command: string, options: AwsOptions): string {
  const { stage, stateMachine, profile, region, endpointUrl } = options;
  const place = {
    '--stage': stage === DEFAULT_STAGE || stateMachine !== undefined ? undefined : stage,
    '--state-machine': stateMachine,
    '--profile': profile,
    '--region': region,
    '--endpoint-url': endpointUrl,
  };
  const given = Object.entries(place).flatMap(([name, value]) =>
    value === undefined ? [] : [name, PLAIN.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`],
  );
  return ['demand', command, ...given].join(' ');
}
