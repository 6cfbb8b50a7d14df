/**
 * A deployed stage in the account and region of the environment. `SCENARIOS_STAGE` names the stage, `SCENARIOS_BUCKET` a
 * bucket that its demands may read and write. docs/scenarios.md has the costs.
 */
import { withoutEmpty } from '../../../src/wire/json';
import { CALLERS_ENVIRONMENT } from '../../api/callers-environment';
import type { Stage } from '../../deployment/packaged';
import type { Tier } from './model';
import { openStackTier } from './stack';

const POLL_MS = 5_000;

export async function openAwsTier(wanted: Stage): Promise<Tier> {
  if (wanted !== 'created')
    throw new Error(`SCENARIOS_ON=aws runs on a stack that is deployed already, not on a stack ${wanted}`);
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
