/** What to type next. */
import type { RunningApi } from './state';

export function instructions({ endpoint, region, stateMachineArn }: RunningApi): string {
  return `AWS is at ${endpoint}, with the service deployed.

  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test

  aws stepfunctions start-execution --endpoint-url ${endpoint} --region ${region} \\
    --state-machine-arn ${stateMachineArn} \\
    --name my-demand --input file://demand.json

  new SFNClient({ endpoint: '${endpoint}', region: '${region}' }).send(
    new StartExecutionCommand({ stateMachineArn: '${stateMachineArn}', name, input }))
`;
}
