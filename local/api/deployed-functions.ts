/** The functions of a stack as they were deployed: their bundles, and the settings that the stack filled in. */
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Package } from './deployment';
import type { DeployedFunction } from './functions/worker';

/** By name. */
export async function findDeployedFunctions(
  { functions }: Package,
  resources: ReadonlyMap<string, string>,
  lambda: LambdaClient,
): Promise<ReadonlyMap<string, DeployedFunction>> {
  const found = functions.map(async ({ logicalId, ...packaged }): Promise<[string, DeployedFunction]> => {
    const id = resources.get(logicalId);
    if (id === undefined) throw new Error(`The stack has no function ${logicalId}`);
    const { FunctionName = id, Environment } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: id }),
    );
    return [FunctionName, { ...packaged, name: FunctionName, environment: Environment?.Variables ?? {} }];
  });
  return new Map(await Promise.all(found));
}
