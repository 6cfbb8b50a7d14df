/**
 * A stage that somebody has deployed, in the account and region of the environment: `SCENARIOS_STAGE` names it, and
 * `SCENARIOS_BUCKET` a bucket that its demands may read and write. What it costs: docs/scenarios.md.
 */
import { withoutEmpty } from '../../../src/wire/json';
import { CALLERS_ENVIRONMENT } from '../../api/callers-environment';
import type { Tier } from './model';
import { openStackTier } from './stack';

const POLL_MS = 5_000;

export async function openAwsTier(deploymentConfig?: string): Promise<Tier> {
  if (deploymentConfig !== undefined)
    throw new Error(
      `With SCENARIOS_ON=aws, what ${deploymentConfig} describes would have to be deployed: nothing is from here`,
    );
  CALLERS_ENVIRONMENT.restore();
  const region = required('AWS_REGION', process.env.AWS_DEFAULT_REGION);
  const stage = required('SCENARIOS_STAGE');
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const place = endpoint === undefined ? 'AWS' : endpoint;
  return openStackTier({
    name: `the stage ${stage} that is deployed at ${place}, ${region}`,
    settings: { region, ...withoutEmpty({ endpoint }) },
    stage,
    bucket: required('SCENARIOS_BUCKET'),
    pollMs: POLL_MS,
  });
}

function required(name: string, otherwise?: string): string {
  const value = process.env[name] ?? otherwise;
  if (value === undefined || value === '')
    throw new Error(`With SCENARIOS_ON=aws, ${name} has to be set: docs/scenarios.md`);
  return value;
}
