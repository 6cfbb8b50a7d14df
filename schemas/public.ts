/** The public requests and events, by the names that users see. */
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
import { sweepRequestSchema } from '../src/sweep/request';
import {
  batchDataSyncRequestSchema,
  dataSyncRequestSchema,
  prepareBatchDataSyncRequestSchema,
  removeDataPathsRequestSchema,
} from '../src/transfer/request';

export interface PublicSchema {
  readonly schema: v.GenericSchema;
  readonly description: string;
  /** The service writes it, so its fields have only snake_case names. */
  readonly isWritten?: boolean;
}

export const PUBLIC_SCHEMAS: Readonly<Record<string, PublicSchema>> = {
  DemandExecution: {
    schema: demandExecutionSchema,
    description:
      'A demand: image, command, parameters, inputs, outputs and job queue. An input of the state machine.',
  },
  PrepareDemandScaffoldingRequest: {
    schema: scaffoldingRequestSchema,
    description: 'A demand with its file systems and its set-up. Another input of the state machine.',
  },
  CreateDefinitionAndPrepareArgsRequest: {
    schema: batchCreateRequestSchema,
    description: 'A Batch job to define and prepare.',
  },
  DataSyncRequest: {
    schema: dataSyncRequestSchema,
    description: 'A transfer: the destination receives the files of the source.',
  },
  BatchDataSyncRequest: {
    schema: batchDataSyncRequestSchema,
    description: 'Several transfers, one after another.',
  },
  PrepareBatchDataSyncRequest: {
    schema: prepareBatchDataSyncRequestSchema,
    description: 'A transfer to divide into batches.',
  },
  RemoveDataPathsRequest: {
    schema: removeDataPathsRequestSchema,
    description: 'Paths of mounted file systems to remove with everything below them.',
  },
  GetDataPathStatsRequest: {
    schema: getDataPathStatsRequestSchema,
    description: 'A path, to get its sizes.',
  },
  ListDataPathsRequest: {
    schema: listDataPathsRequestSchema,
    description: 'A path, to list everything below it. Filters match the beginning of a path.',
  },
  OutdatedDataPathScannerRequest: {
    schema: outdatedDataPathScannerRequestSchema,
    description: 'A path, to find everything below it that has not changed for a long time.',
  },
  GetJsonFromFileRequest: {
    schema: getJsonFromFileRequestSchema,
    description: 'A JSON document to read.',
  },
  PutJsonToFileRequest: {
    schema: putJsonToFileRequestSchema,
    description: 'A JSON document to write. Without a path, it goes to the bucket of temporary objects.',
  },
  SweepRequest: {
    schema: sweepRequestSchema,
    description: 'Ages and sizes of a sweep. The input of the sweeping state machine.',
  },
  DemandStatusEvent: {
    schema: statusEventSchema,
    description: 'The status of a demand: the detail of the events on the bus.',
    isWritten: true,
  },
};
