import type { LogPlace } from '../logs/log-writer';

/**
 * Returns the log group and stream of a function's instance.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
 *
 * @param startedAt milliseconds since the epoch
 * @param id the instance's id, 32 hexadecimal digits
 */
export function placeOfInstance(name: string, startedAt: number, id: string): LogPlace {
  const day = new Date(startedAt).toISOString().slice(0, 10).replaceAll('-', '/');
  return { group: `/aws/lambda/${name}`, stream: `${day}/[$LATEST]${id}` };
}
