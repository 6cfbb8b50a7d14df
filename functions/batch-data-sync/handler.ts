import type { Context } from 'aws-lambda';
import { batchDataSync } from '../../src/steps/data-sync';
import { dataSyncWorld } from '../data-sync-world';

export const handler = async (event: unknown, context: Context) =>
  batchDataSync(event, await dataSyncWorld(context));
