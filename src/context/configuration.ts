/** The settings of an execution: `context_manager_configuration` of a scaffolding request. */
import * as v from 'valibot';
import { s3Uri } from '../transfer/location-schema';
import { flag, model, optional } from '../wire/schema';

const dataSyncConfigurationSchema = model({
  temporaryRequestPayloadPath: optional(s3Uri()),
  force: v.optional(flag(), false),
  sizeOnly: v.optional(flag(), true),
});

export const contextConfigurationSchema = model({
  isolateInputs: v.optional(flag(), true),
  cleanupInputs: v.optional(flag(), true),
  cleanupWorkingDir: v.optional(flag(), true),
  /** Default: `IF_REQUIRED` in the state machine of this service, and `ALWAYS` in the contract's scaffolding. */
  envFileWriteMode: optional(
    v.picklist(['ALWAYS', 'NEVER', 'IF_REQUIRED'], '"ALWAYS", "NEVER" or "IF_REQUIRED"'),
  ),
  inputDataSyncConfiguration: v.optional(dataSyncConfigurationSchema, {}),
  outputDataSyncConfiguration: v.optional(dataSyncConfigurationSchema, {}),
  /** True: the container of the job is privileged. The original has no such field. */
  privileged: v.optional(flag(), false),
});

export type ContextConfiguration = v.InferOutput<typeof contextConfigurationSchema>;
export type DataSyncConfiguration = v.InferOutput<typeof dataSyncConfigurationSchema>;
