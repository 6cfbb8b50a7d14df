/**
 * Logs two lines of JSON for an invocation: its start and its end, each with the execution and the state. The lines
 * contain no part of the event, the answer or an error's message: all three may contain values of parameters. Hidden
 * characters of names are made visible.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { visible } from '../src/visible';

type Handler<Result> = (event: unknown, context: Context) => Promise<Result>;

const logger = new Logger({ serviceName: process.env.ENV_BASE ?? 'demand-executions' });

/**
 * Wraps a handler. The project's state machines add `logged_as: {execution, state}` to their events. Events of the bus
 * have the execution in their `detail`. The answer to a demand that comes as an event has the started execution.
 */
export function logged<Result>(handler: Handler<Result>): Handler<Result> {
  return async (event, context) => {
    // A call by hand has no context.
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
      tell('failed', { error: visible(error instanceof Error ? error.name : 'Error') });
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

/** Step Functions writes `executionArn` in its events, the project's own events have `execution_arn`. */
function executionOf(from: unknown): Record<string, string> {
  return { ...textOf('execution', from, 'executionArn'), ...textOf('execution', from, 'execution_arn') };
}

function textOf(name: string, from: unknown, field = name): Record<string, string> {
  const value = fieldOf(from, field);
  return typeof value === 'string' ? { [name]: visible(value) } : {};
}

function fieldOf(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[name] : undefined;
}
