/** What is public of the wire: requests and events, by the name that users see. */
import type * as v from 'valibot';
import { batchCreateRequestSchema } from '../src/batch/request';
import { scaffoldingRequestSchema } from '../src/context/request';
import { demandExecutionSchema } from '../src/demand/model';
import { statusEventSchema } from '../src/events/model';
import {
  getDataPathStatsRequestSchema,
  getJsonFromFileRequestSchema,
  listDataPathsRequestSchema,
  outdatedDataPathScannerRequestSchema,
  putJsonToFileRequestSchema,
} from '../src/paths/request';
import {
  batchDataSyncRequestSchema,
  dataSyncRequestSchema,
  prepareBatchDataSyncRequestSchema,
  removeDataPathsRequestSchema,
} from '../src/transfer/request';

export interface PublicSchema {
  readonly schema: v.GenericSchema;
  readonly description: string;
  /** Written by the service, and so in one spelling. */
  readonly isWritten?: boolean;
}

export const PUBLIC_SCHEMAS: Readonly<Record<string, PublicSchema>> = {
  DemandExecution: {
    schema: demandExecutionSchema,
    description: 'What is to run, on what, and where the results go: the input of the state machine.',
  },
  PrepareDemandScaffoldingRequest: {
    schema: scaffoldingRequestSchema,
    description: 'A demand with its file systems and its set-up: the other input of the state machine.',
  },
  CreateDefinitionAndPrepareArgsRequest: {
    schema: batchCreateRequestSchema,
    description: 'A Batch job to be defined and prepared.',
  },
  DataSyncRequest: {
    schema: dataSyncRequestSchema,
    description: 'Make the destination hold the files of the source.',
  },
  BatchDataSyncRequest: { schema: batchDataSyncRequestSchema, description: 'Several such transfers.' },
  PrepareBatchDataSyncRequest: {
    schema: prepareBatchDataSyncRequestSchema,
    description: 'A transfer to be cut into batches.',
  },
  RemoveDataPathsRequest: {
    schema: removeDataPathsRequestSchema,
    description: 'Paths of mounted file systems to be removed with all that is below.',
  },
  GetDataPathStatsRequest: {
    schema: getDataPathStatsRequestSchema,
    description: 'A path whose sizes are asked for.',
  },
  ListDataPathsRequest: {
    schema: listDataPathsRequestSchema,
    description: 'A path below which everything is to be listed; filters match the beginning.',
  },
  OutdatedDataPathScannerRequest: {
    schema: outdatedDataPathScannerRequestSchema,
    description: 'A path below which is to be found what nobody has changed for long.',
  },
  GetJsonFromFileRequest: {
    schema: getJsonFromFileRequestSchema,
    description: 'A JSON document to be read.',
  },
  PutJsonToFileRequest: {
    schema: putJsonToFileRequestSchema,
    description: 'A JSON document to be written; without a path, to the bucket of temporary objects.',
  },
  DemandStatusEvent: {
    schema: statusEventSchema,
    description: 'What became of a demand: the detail of the events on the bus.',
    isWritten: true,
  },
};
