/**
 * Two lines an invocation, in JSON: that it has begun, and how it ended, each with the execution and the state it is
 * for. Never a part of the event or the answer: they hold values of parameters, and what a refusal says does, too.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';

type Handler<Result> = (event: unknown, context: Context) => Promise<Result>;

const logger = new Logger({ serviceName: process.env.ENV_BASE ?? 'demand-executions' });

/**
 * Our state machines add to their events what they are for, `logged_as: {execution, state}`; events of the bus have the
 * execution in their `detail`, and the answer to a demand that comes as an event has the one that was started.
 */
export function logged<Result>(handler: Handler<Result>): Handler<Result> {
  return async (event, context) => {
    // Called by hand, there is none.
    if (context !== undefined) logger.addContext(context);
    logger.resetKeys();
    logger.appendKeys(placeOf(event));
    const begun = performance.now();
    const tell = (outcome: string, details: Record<string, string>) =>
      logger.info('end', { outcome, duration_ms: Math.round(performance.now() - begun), ...details });
    logger.info('start');
    try {
      const result = await handler(event, context);
      tell('succeeded', { ...textOf('status', result), ...executionOf(result) });
      return result;
    } catch (error) {
      tell('failed', { error: error instanceof Error ? error.name : 'Error' });
      throw error;
    }
  };
}

function placeOf(event: unknown): Record<string, string> {
  const place = fieldOf(event, 'logged_as');
  return {
    ...executionOf(fieldOf(event, 'detail')),
    ...textOf('execution', place),
    ...textOf('state', place),
  };
}

/** As Step Functions names it in its events, and as we do in ours. */
function executionOf(from: unknown): Record<string, string> {
  return { ...textOf('execution', from, 'executionArn'), ...textOf('execution', from, 'execution_arn') };
}

function textOf(name: string, from: unknown, field = name): Record<string, string> {
  const value = fieldOf(from, field);
  return typeof value === 'string' ? { [name]: value } : {};
}

function fieldOf(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[name] : undefined;
}
