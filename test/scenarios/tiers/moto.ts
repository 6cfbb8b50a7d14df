import { withoutEmpty } from '../../../src/wire/json';
import { openLocalTier } from './local';
import type { Tier } from './model';

/** @param deploymentConfig of another stack than that of the stage */
export function openMotoTier(deploymentConfig?: string): Promise<Tier> {
  return openLocalTier({
    name: 'moto, with our gateway',
    ...withoutEmpty({ deploymentConfig }),
  });
}
