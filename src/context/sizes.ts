/** What an execution may come to in bytes, where AWS would stop it half-way and nothing could clean up. */
import type { Problem } from '../errors';
import type { ScaffoldingResponse } from './context';
import { environmentBytes } from './environment';

/**
 * A state holds 262,144 bytes, and an error for more cannot be caught by name:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html. The rest is for what later
 * steps add beside what is counted here.
 */
const STATE_BYTES = 240_000;
/** What a transfer adds to the state when it is done: its two paths again are counted apart. */
const TRANSFER_BYTES = 200;
/** Of a job's overrides: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
const OVERRIDE_BYTES = 8_192;

/** What is too much in the answer of the scaffolding, for a state machine that goes on with it. */
export function sizeProblems({ setup_configs, cleanup_configs }: ScaffoldingResponse): Problem[] {
  const { environment, resource_requirements } = setup_configs.batch_create_request;
  const overrides = environmentBytes(new Map(Object.entries(environment))) + bytesOf(resource_requirements);
  const transfers = [...setup_configs.data_sync_requests, ...cleanup_configs.data_sync_requests];
  const results = transfers.reduce(
    (sum, { source_path, destination_path }) =>
      sum + TRANSFER_BYTES + bytesOf([source_path, destination_path]),
    0,
  );
  const state = bytesOf(setup_configs) + bytesOf(cleanup_configs) + overrides + results;
  return [
    ...(overrides > OVERRIDE_BYTES ? [tooMuchEnvironment(overrides)] : []),
    ...(state > STATE_BYTES ? [tooMuchState(state, transfers.length)] : []),
  ];
}

function tooMuchEnvironment(bytes: number): Problem {
  return {
    pointer: '/execution_parameters/params',
    message: `the job's environment has ${bytes} bytes, and AWS Batch takes ${OVERRIDE_BYTES}`,
    remedy:
      'Let the environment file hold them (env_file_write_mode ALWAYS, and do not name long ones in the command), or put what is long into an input file',
  };
}

function tooMuchState(bytes: number, transfers: number): Problem {
  return {
    pointer: '/execution_parameters',
    message: `with its ${transfers} inputs and outputs the execution comes to ${bytes} bytes of state, and Step Functions holds 262,144`,
    remedy: 'Give folders instead of single files, and shorter values',
  };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
