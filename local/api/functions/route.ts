/** Answers Lambda's Invoke. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
import { FUNCTION_PAYLOAD_BYTES } from '../../../src/aws-limits';
import type { ApiAnswer, GatewayRoute } from '../gateway/gateway';
import type { EventInvocations } from './event-invocations';
import type { FunctionPool } from './pool';
import type { DeployedFunction } from './worker';

const INVOKE =
  /^\/2015-03-31\/functions\/(?:arn:aws:lambda:[^:]+:\d+:function:)?([^/:]+)(?::[^/]+)?\/invocations$/;

export function invokeRoute(
  pool: Pick<FunctionPool, 'invoke'>,
  events: Pick<EventInvocations, 'accept'>,
  find: (name: string) => Promise<DeployedFunction | undefined>,
): GatewayRoute {
  return (method, path) => {
    const name = method === 'POST' ? INVOKE.exec(path)?.[1] : undefined;
    if (name === undefined) return undefined;
    return async ({ body, headers }) => {
      const deployed = await find(name);
      if (deployed === undefined)
        return refused(404, 'ResourceNotFoundException', `Function not found: ${name}`);
      if (body.length > FUNCTION_PAYLOAD_BYTES)
        return refused(
          413,
          'RequestTooLargeException',
          `${body.length} bytes were sent, ${FUNCTION_PAYLOAD_BYTES} is the most`,
        );
      const event = body.length === 0 ? '{}' : body.toString();
      if (!isJson(event))
        return refused(400, 'InvalidRequestContentException', 'Could not parse request body into json');
      if (headers['x-amz-invocation-type'] === 'Event') {
        events.accept(deployed, event);
        return { status: 202, body: '' };
      }
      return toAnswer(await pool.invoke(deployed, event));
    };
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function toAnswer(outcome: Awaited<ReturnType<FunctionPool['invoke']>>): ApiAnswer {
  if ('error' in outcome)
    return {
      status: 200,
      headers: { 'x-amz-function-error': 'Unhandled' },
      body: JSON.stringify(outcome.error),
    };
  if (Buffer.byteLength(outcome.payload) <= FUNCTION_PAYLOAD_BYTES)
    return { status: 200, body: outcome.payload };
  return toAnswer({
    error: {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    },
  });
}

function refused(status: number, code: string, message: string): ApiAnswer {
  return { status, headers: { 'x-amzn-errortype': code }, body: JSON.stringify({ Type: 'User', message }) };
}
