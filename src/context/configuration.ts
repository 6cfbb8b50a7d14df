/** How an execution is set up: `context_manager_configuration` of a scaffolding request. */
import * as v from 'valibot';
import { camelCased, flag, model, optional, text } from '../wire/schema';

const S3_URI = /^s3:\/\/[A-Za-z0-9][A-Za-z0-9.-]{1,61}[A-Za-z0-9](\/.*)?$/;

const dataSyncConfigurationSchema = camelCased(
  model({
    temporary_request_payload_path: optional(v.pipe(text(), v.regex(S3_URI, 'an s3:// uri'))),
    force: v.optional(flag(), false),
    size_only: v.optional(flag(), true),
  }),
);

export const contextConfigurationSchema = camelCased(
  model({
    isolate_inputs: v.optional(flag(), true),
    cleanup_inputs: v.optional(flag(), true),
    cleanup_working_dir: v.optional(flag(), true),
    env_file_write_mode: v.optional(
      v.picklist(['ALWAYS', 'NEVER', 'IF_REQUIRED'], '"ALWAYS", "NEVER" or "IF_REQUIRED"'),
      'ALWAYS',
    ),
    input_data_sync_configuration: v.optional(dataSyncConfigurationSchema, {}),
    output_data_sync_configuration: v.optional(dataSyncConfigurationSchema, {}),
    /** Ours: a job runs unprivileged unless this asks for more. */
    privileged: v.optional(flag(), false),
  }),
);

export type ContextConfiguration = v.InferOutput<typeof contextConfigurationSchema>;
export type DataSyncConfiguration = v.InferOutput<typeof dataSyncConfigurationSchema>;
