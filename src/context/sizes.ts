/** What an execution may come to in bytes, where AWS would stop it half-way and nothing could clean up. */
import { OVERRIDE_CHARACTERS, STATE_BYTES } from '../aws-limits';
import type { Problem } from '../errors';
import { environmentBytes } from './environment';
import { bytesOf, type StateResponse, USABLE_STATE_BYTES } from './references';

/** What a transfer adds to the state when it is done: its two paths again are counted apart. */
const TRANSFER_BYTES = 200;

/** What is too much in the answer of the scaffolding, for a state machine that goes on with it. */
export function sizeProblems(response: StateResponse): Problem[] {
  const overrides = overrideBytes(response);
  const state = stateBytes(response);
  return [
    ...(overrides > OVERRIDE_CHARACTERS ? [tooMuchEnvironment(overrides)] : []),
    ...(state > USABLE_STATE_BYTES ? [tooMuchState(state, transfersOf(response).length)] : []),
  ];
}

/** What the state comes to at its fullest, or the answer itself, where that is more. */
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
    message: `the job's environment has ${bytes} bytes, and AWS Batch takes ${OVERRIDE_CHARACTERS}`,
    remedy:
      'Let the environment file hold them (env_file_write_mode ALWAYS, and do not name long ones in the command), or put what is long into an input file',
  };
}

function tooMuchState(bytes: number, transfers: number): Problem {
  return {
    pointer: '/execution_parameters',
    message: `with its ${transfers} inputs and outputs the execution comes to ${bytes} bytes of state, and Step Functions holds ${STATE_BYTES.toLocaleString('en-US')}`,
    remedy: 'Give folders instead of single files, and shorter values',
  };
}
