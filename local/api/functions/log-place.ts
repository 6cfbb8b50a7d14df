import type { LogPlace } from '../logs/log-writer';

/**
 * Where Lambda puts what an instance of a function writes. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
 *
 * @param startedAt milliseconds since the epoch
 * @param id of the instance, 32 hexadecimal digits
 */
export function placeOfInstance(name: string, startedAt: number, id: string): LogPlace {
  const day = new Date(startedAt).toISOString().slice(0, 10).replaceAll('-', '/');
  return { group: `/aws/lambda/${name}`, stream: `${day}/[$LATEST]${id}` };
}
