import type { Stage } from '../../deployment/packaged';
import { openLocalTier } from './local';
import type { Tier } from './model';

export function openMotoTier(stage: Stage): Promise<Tier> {
  return openLocalTier({ name: 'moto, with our gateway', stage });
}
