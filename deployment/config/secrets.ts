/** The section `secrets` of the configuration: the secrets that demands may give to their jobs. */
import * as v from 'valibot';
import { described, list, object, text } from './fields';

/**
 * Characters of all rules. The functions get them as an environment variable, and Lambda accepts 4 KB for all variables
 * of a function: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const RULES_CHARACTERS = 2_000;

/** The whole ARN of a secret ends with six random characters. IAM compares this ARN with the rule. */
const secretRule = text(
  /^arn:aws:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+(-[A-Za-z0-9]{6}|\*)|ssm:[a-z0-9-]+:\d{12}:parameter\/[\w./-]+\*?)$/,
  'the whole ARN of a secret (with its six random characters) or of a parameter, or the beginning of an ARN with its first characters of the name and a *',
);
const keyArn = text(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'the ARN of a KMS key');

export const secrets = object({
  allowed: described(
    v.optional(
      v.pipe(
        list(secretRule),
        v.check(
          (rules) => rules.join().length <= RULES_CHARACTERS,
          `rules of ${RULES_CHARACTERS} characters in all`,
        ),
      ),
      [],
    ),
    'The only secrets that a demand may name. By default a demand may name no secret.',
  ),
  kmsKeyArns: described(
    v.optional(list(keyArn), []),
    'Customer-managed keys of these secrets. The keys of AWS need no entry.',
  ),
});
