/** Invokes functions: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

class FunctionFailed extends Error {
  override readonly name = 'FunctionFailed';
}

/**
 * Returns a call of a Lambda function that waits for its answer, parsed from JSON.
 *
 * @throws FunctionFailed from the call, with the function's error
 */
export function awsFunction(client: LambdaClient, name: string): (event: unknown) => Promise<unknown> {
  return async (event) => {
    const command = new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) });
    const { FunctionError, Payload } = await client.send(command);
    const answer = Payload?.transformToString() ?? 'null';
    if (FunctionError !== undefined) throw new FunctionFailed(`${name} failed: ${answer}`);
    return JSON.parse(answer);
  };
}
