/**
 * A resumption: an execution that stores the outputs of a kept directory. Its input is the demand with the field `resumes`,
 * the ARN of the execution that kept the directory. The field only skips states: no input is staged, and no job runs.
 */
import type { Problem } from '../errors';
import { readField } from './request';

const EXECUTION_ARN = /^arn:[^:]+:states:[^:]*:\d+:execution:[^:]+:[^:]+$/;

/** Returns the ARN of the execution that kept the directory; undefined for any other input. */
export function resumedExecution(input: unknown): string | undefined {
  const resumes = readField(input, 'resumes') ?? undefined;
  return resumes === undefined || isArn(resumes) ? resumes : undefined;
}

export function resumptionProblems(input: unknown): Problem[] {
  const resumes = readField(input, 'resumes') ?? undefined;
  if (resumes === undefined || isArn(resumes)) return [];
  return [
    {
      pointer: '/resumes',
      message: 'expected the ARN of an execution',
      remedy: 'Leave the field out, or use `demand resume`',
    },
  ];
}

function isArn(value: unknown): value is string {
  return typeof value === 'string' && EXECUTION_ARN.test(value);
}
