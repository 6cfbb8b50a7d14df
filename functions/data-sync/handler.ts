import type { Context } from 'aws-lambda';
import { dataSync } from '../../src/steps/data-sync';
import { dataSyncWorld } from '../data-sync-world';

export const handler = async (event: unknown, context: Context) =>
  dataSync(event, await dataSyncWorld(context));
