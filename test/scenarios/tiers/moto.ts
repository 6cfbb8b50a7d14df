import type { Tier } from '../tier';
import { openLocalTier } from './local';

/** @param deploymentConfig of another stack than that of the stage */
export function openMotoTier(deploymentConfig?: string): Promise<Tier> {
  return openLocalTier({
    name: 'moto, with our gateway',
    ...(deploymentConfig !== undefined && { deploymentConfig }),
  });
}
