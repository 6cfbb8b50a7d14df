/** The size limits of an execution. Beyond them AWS would stop the execution half-way, without a clean-up. */
import { OVERRIDE_CHARACTERS, STATE_BYTES } from '../aws-limits';
import type { Problem } from '../errors';
import { environmentBytes } from './environment';
import { bytesOf, type StateResponse, USABLE_STATE_BYTES } from './references';

/** Bytes that the result of a transfer adds to the state, without its two paths. */
const TRANSFER_BYTES = 200;

/** Returns the problems of a response that is too large for the later states of the machine. */
export function sizeProblems(response: StateResponse): Problem[] {
  const overrides = overrideBytes(response);
  const state = stateBytes(response);
  return [
    ...(overrides > OVERRIDE_CHARACTERS ? [tooMuchEnvironment(overrides)] : []),
    ...(state > USABLE_STATE_BYTES ? [tooMuchState(state, transfersOf(response).length)] : []),
  ];
}

/** Returns the bytes of the largest state of the execution: with the results of all transfers, or the response itself. */
export function stateBytes(response: StateResponse): number {
  const { setup_configs, cleanup_configs } = response;
  const results = transfersOf(response).reduce(
    (sum, { source_path, destination_path }) =>
      sum + TRANSFER_BYTES + bytesOf([source_path, destination_path]),
    0,
  );
  const state = bytesOf(setup_configs) + bytesOf(cleanup_configs) + overrideBytes(response) + results;
  return Math.max(state, bytesOf(response));
}

function overrideBytes({ setup_configs: { batch_create_request: job } }: StateResponse): number {
  return environmentBytes(new Map(Object.entries(job.environment))) + bytesOf(job.resource_requirements);
}

function transfersOf({ setup_configs, cleanup_configs }: StateResponse) {
  return [...setup_configs.data_sync_requests, ...cleanup_configs.data_sync_requests];
}

function tooMuchEnvironment(bytes: number): Problem {
  return {
    pointer: '/execution_parameters/params',
    message: `the job's environment has ${bytes} bytes, and AWS Batch accepts ${OVERRIDE_CHARACTERS}`,
    remedy:
      'Use the environment file (env_file_write_mode ALWAYS) and name no long parameters in the command, or put long values into a file that is an input',
  };
}

function tooMuchState(bytes: number, transfers: number): Problem {
  return {
    pointer: '/execution_parameters',
    message: `with ${transfers} inputs and outputs the state of the execution has ${bytes} bytes, and Step Functions accepts ${STATE_BYTES.toLocaleString('en-US')}`,
    remedy: 'Give folders instead of single files, and shorter values',
  };
}
