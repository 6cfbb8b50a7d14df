import type { Context } from 'aws-lambda';
import { dataSync } from '../../src/steps/data-sync';
import { inDataSyncWorld } from '../data-sync-world';
import { logged } from '../logging';

export const handler = logged((event: unknown, context: Context) =>
  inDataSyncWorld(context, (world) => dataSync(event, world)),
);
