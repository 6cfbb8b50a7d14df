/** The place of the scenarios: a deployed service, which they use only through AWS's API. */
import type { Stage } from '../deployment/packaged';
import type { Tier } from './tiers/model';

export type { Tier };

type Opener = (stage: Stage) => Promise<Tier>;

const OPENERS: Readonly<Record<string, Opener>> = {
  moto: async (stage) => (await import('./tiers/moto')).openMotoTier(stage),
  localstack: async (stage) => (await import('./tiers/localstack')).openLocalstackTier(stage),
  aws: async (stage) => (await import('./tiers/aws')).openAwsTier(stage),
};

const CHOSEN = process.env.SCENARIOS_ON ?? 'moto';

/** True when the run makes its own stack, so no alarm reaches anybody. */
export const ARE_MADE_HERE = CHOSEN !== 'aws';

/**
 * Milliseconds of a scenario at most. Fifty concurrent demands take moto's interpreter a minute on two busy cores. An
 * account may have to start instances for them.
 */
export const PATIENCE_MS = ARE_MADE_HERE ? 300_000 : 3_600_000;

/**
 * @param stage the stack to deploy, on a tier that deploys its stack
 * @throws Error when `SCENARIOS_ON` is unknown, or the tier cannot be reached
 */
export async function openTier(stage: Stage = 'created'): Promise<Tier> {
  const open = OPENERS[CHOSEN];
  if (open === undefined)
    throw new Error(`SCENARIOS_ON is ${CHOSEN}, but has to be one of ${Object.keys(OPENERS).join(', ')}`);
  const tier = await open(stage);
  console.log(`The scenarios run on ${tier.name}`);
  return tier;
}
