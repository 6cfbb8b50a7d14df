/** How an execution is set up: `context_manager_configuration` of a scaffolding request. */
import * as v from 'valibot';
import { BUCKET_NAME } from '../aws-limits';
import { flag, model, optional, text } from '../wire/schema';

const S3_URI = new RegExp(`^s3://${BUCKET_NAME.source}(/.*)?$`);

const dataSyncConfigurationSchema = model({
  temporaryRequestPayloadPath: optional(v.pipe(text(), v.regex(S3_URI, 'an s3:// uri'))),
  force: v.optional(flag(), false),
  sizeOnly: v.optional(flag(), true),
});

export const contextConfigurationSchema = model({
  isolateInputs: v.optional(flag(), true),
  cleanupInputs: v.optional(flag(), true),
  cleanupWorkingDir: v.optional(flag(), true),
  envFileWriteMode: v.optional(
    v.picklist(['ALWAYS', 'NEVER', 'IF_REQUIRED'], '"ALWAYS", "NEVER" or "IF_REQUIRED"'),
    'ALWAYS',
  ),
  inputDataSyncConfiguration: v.optional(dataSyncConfigurationSchema, {}),
  outputDataSyncConfiguration: v.optional(dataSyncConfigurationSchema, {}),
  /** Ours: a job runs unprivileged unless this asks for more. */
  privileged: v.optional(flag(), false),
});

export type ContextConfiguration = v.InferOutput<typeof contextConfigurationSchema>;
export type DataSyncConfiguration = v.InferOutput<typeof dataSyncConfigurationSchema>;
