/** Intended differences of the batch arguments. docs/deviations.md lists each of them. */
import type { JobDefinition } from '@aws-sdk/client-batch';
import type { prepareBatchArgs } from '../../src/steps/prepare-batch-args';

export interface BatchCase {
  readonly name: string;
  readonly env_base: string;
  readonly request: {
    readonly job_definition_name?: string;
    readonly environment?: Record<string, string>;
  };
  readonly response?: Record<string, unknown>;
  readonly job_definition_registered?: JobDefinition;
}

export interface BatchAnswer {
  readonly response: Awaited<ReturnType<typeof prepareBatchArgs>>;
  readonly registered: Partial<JobDefinition>;
}

export interface BatchDeviation {
  readonly name: string;
  readonly reason: string;
  /** Decides from the request, never from the name of a case. */
  applies(given: BatchCase): boolean;
  expected(answer: BatchAnswer): BatchAnswer | 'refused';
}

const EVERY_JOBS = ['ENV_BASE', 'AWS_REGION'];

export const BATCH_DEVIATIONS: readonly BatchDeviation[] = [
  {
    name: 'environment-in-the-overrides-only',
    reason:
      'a definition with the values of one demand could not be reused, and would show them to the next demand',
    applies: ({ request }) =>
      Object.keys(request.environment ?? {}).some((name) => !EVERY_JOBS.includes(name)),
    expected: ({ response, registered }) => ({
      response,
      registered: {
        ...registered,
        containerProperties: {
          ...registered.containerProperties,
          environment: registered.containerProperties?.environment?.filter(({ name }) =>
            EVERY_JOBS.includes(name ?? ''),
          ),
        },
      },
    }),
  },
  {
    name: 'names-that-batch-takes',
    reason: 'RegisterJobDefinition refuses any other name; the recording had no such check',
    applies: ({ request }) => !/^[A-Za-z0-9_-]{1,128}$/.test(request.job_definition_name ?? ''),
    expected: () => 'refused',
  },
];
