/** The secrets that a stage allows. */
import type { Problem } from '../errors';
import { pointerOf } from '../wire/json';
import { parameterAt, type Refusal } from './refusals';
import type { SecretParameter, SecretReference } from './secrets';

/** The rules where another place decides about secrets: the service for the command line, a folder for local runs. */
export const ANY_SECRET: readonly string[] = ['arn:aws:secretsmanager:*', 'arn:aws:ssm:*'];

/** Returns a problem for each parameter with a secret that the stage does not allow. */
export function secretProblems(
  secrets: readonly SecretParameter[],
  allowed: readonly string[] | undefined,
): Problem[] {
  return secrets.flatMap((secret) => {
    const refusal = refuseSecret(secret, allowed);
    return refusal === undefined
      ? []
      : [{ pointer: pointerOf(...parameterAt(secret.parameter)), ...refusal }];
  });
}

/**
 * Returns the reason for which a stage refuses a secret.
 *
 * @param allowed ARNs, or beginnings of ARNs with a `*` at the end; without them the stage allows no secret
 */
export function refuseSecret(
  { arn, account, region }: SecretReference,
  allowed: readonly string[] = [],
): Refusal | undefined {
  if (allowed.some((rule) => isMatch(arn, rule))) return undefined;
  const isElsewhere = (part: string, index: number) =>
    allowed.length > 0 && allowed.every((rule) => rule.split(':')[index] !== part);
  const reason = isElsewhere(account, 4)
    ? `: it allows no secret of the account ${account}`
    : isElsewhere(region, 3)
      ? `: it allows no secret of the region ${region}`
      : '';
  return {
    message: `the rule secrets.allowed of the stage does not allow ${arn}${reason}`,
    remedy:
      allowed.length === 0
        ? 'The stage allows no secret: add the ARN to secrets.allowed in config/<stage>.yml, and deploy the stage'
        : `Name a secret that the stage allows: ${allowed.join(', ')}`,
  };
}

function isMatch(arn: string, rule: string): boolean {
  return rule.endsWith('*') ? arn.startsWith(rule.slice(0, -1)) : arn === rule;
}
