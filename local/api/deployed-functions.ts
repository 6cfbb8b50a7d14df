/** Reads the functions of a deployed stack: their bundles, and the settings that CloudFormation has filled in. */
import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ListFunctionEventInvokeConfigsCommand,
} from '@aws-sdk/client-lambda';
import { EVENT_CALL_RETRIES } from '../../src/aws-limits';
import { withoutEmpty } from '../../src/wire/json';
import type { Package } from './deployment';
import type { AsynchronousSettings, DeployedFunction } from './functions/worker';

/** Returns the functions by name. @throws Error when the stack lacks a function of the package */
export async function findDeployedFunctions(
  { functions }: Package,
  resources: ReadonlyMap<string, string>,
  lambda: LambdaClient,
): Promise<ReadonlyMap<string, DeployedFunction>> {
  const found = functions.map(async ({ logicalId, ...packaged }): Promise<[string, DeployedFunction]> => {
    const id = resources.get(logicalId);
    if (id === undefined) throw new Error(`The stack has no function ${logicalId}`);
    const {
      FunctionName = id,
      FunctionArn: arn = '',
      Environment,
    } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: id }));
    const { Variables: environment = {} } = Environment ?? {};
    const asynchronous = await asynchronousSettings(id, lambda);
    return [FunctionName, { ...packaged, name: FunctionName, arn, environment, asynchronous }];
  });
  return new Map(await Promise.all(found));
}

async function asynchronousSettings(
  FunctionName: string,
  lambda: LambdaClient,
): Promise<AsynchronousSettings> {
  const { FunctionEventInvokeConfigs = [] } = await lambda.send(
    new ListFunctionEventInvokeConfigsCommand({ FunctionName }),
  );
  const { MaximumRetryAttempts = EVENT_CALL_RETRIES, DestinationConfig } =
    FunctionEventInvokeConfigs[0] ?? {};
  const onFailure = DestinationConfig?.OnFailure?.Destination;
  return { retries: MaximumRetryAttempts, ...withoutEmpty({ onFailure }) };
}
