import type { Context } from 'aws-lambda';
import { dataSync } from '../../src/steps/data-sync';
import { dataSyncWorld } from '../data-sync-world';
import { logged } from '../logging';

export const handler = logged(async (event: unknown, context: Context) =>
  dataSync(event, await dataSyncWorld(context)),
);
