/** The secrets of a job in a batch create request. */
import { environmentName } from '../demand/names';
import { refuseSecret } from '../demand/secret-rules';
import { readSecretReference } from '../demand/secrets';
import type { Problem } from '../errors';
import type { StageSettings } from '../stage-settings';
import { pointerOf } from '../wire/json';
import type { JobSecret } from './model';

/**
 * Returns a problem for each secret that is malformed or that the stage does not allow. The state Normalise checks a
 * demand in the same way, but a batch create request can come from another state machine.
 */
export function jobSecretProblems(
  secrets: readonly JobSecret[] | undefined = [],
  { allowedSecrets }: StageSettings,
): Problem[] {
  return secrets.flatMap(({ name, valueFrom }, index) => {
    const pointer = pointerOf('secrets', index);
    if (typeof name !== 'string' || environmentName(name) !== name)
      return [{ pointer, message: 'the secret has no name of a variable', remedy: 'Add "name"' }];
    const reference = typeof valueFrom === 'string' ? readSecretReference(valueFrom) : undefined;
    if (reference === undefined)
      return [
        {
          pointer,
          message: 'valueFrom is not the ARN of a secret',
          remedy: 'Give the whole ARN as "valueFrom"',
        },
      ];
    const refusal = refuseSecret(reference, allowedSecrets);
    return refusal === undefined ? [] : [{ pointer, ...refusal }];
  });
}

/** Returns a problem for a job that names the execution role as its own. It could read all secrets of the stage with it. */
export function executionRoleProblems(
  jobRoleArn: string | undefined,
  executionRoleArn: string | undefined,
): Problem[] {
  if (jobRoleArn === undefined || jobRoleArn !== executionRoleArn) return [];
  return [
    {
      pointer: '/job_role_arn',
      message: `${jobRoleArn} is the execution role of the stage, and no job gets its rights`,
      remedy: 'Name a role of jobRoleArns in the configuration of the stage',
    },
  ];
}
