/** The instructions for the use of a local API. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stageOfMachine } from '../../src/machines/names';
import { type LocalOptions, OPEN_STAGE } from './options';
import type { RunningApi } from './state';

export const DEFAULT_ROOT = '.demand/api';

export function instructions(
  running: RunningApi,
  options: LocalOptions,
  environment: NodeJS.ProcessEnv,
): string {
  const { endpoint, region, credentials, stateMachineArn } = running;
  const file = exampleOf(options);
  const stage = stageOfMachine(stateMachineArn.split(':').at(-1) ?? '');
  return `AWS is at ${endpoint}, with the service deployed. It answers only these keys, until it is stopped.

  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region}
  export AWS_ACCESS_KEY_ID=${credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}
  export AWS_DEFAULT_REGION=${region}   # version 1 of the aws command line asks for this one
${linesIf(environment.AWS_PROFILE !== undefined, '  unset AWS_PROFILE   # the profile comes before these keys')}
${linesIf(stage === OPEN_STAGE, `  aws s3 mb s3://my-bucket --endpoint-url ${endpoint}   # a demand may use every bucket here\n`)}  demand submit ${file} --stage ${stage} --watch

  aws stepfunctions start-execution --endpoint-url ${endpoint} --region ${region} \\
    --state-machine-arn ${stateMachineArn} \\
    --name by-command-line --input file://${file}

  import { readFileSync } from 'node:fs';
  import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
  const stateMachineArn = '${stateMachineArn}';
  const input = readFileSync('${file}', 'utf8');
  await new SFNClient({ endpoint: '${endpoint}', region: '${region}' }).send(
    new StartExecutionCommand({ stateMachineArn, name: 'by-sdk', input }));

${downCommandFor(options)} stops it.
`;
}

function linesIf(isNeeded: boolean, lines: string): string {
  return isNeeded ? `${lines}\n` : '';
}

function downCommandFor({ root }: Pick<LocalOptions, 'root'>): string {
  return `demand local down${root === DEFAULT_ROOT ? '' : ` --root ${root}`}`;
}

/** Finds a demand beside its buckets, as in examples/. */
function exampleOf({ seed }: LocalOptions): string {
  const beside = seed === undefined ? undefined : join(dirname(seed), 'demand.json');
  return beside !== undefined && existsSync(beside) ? beside : 'demand.json';
}
