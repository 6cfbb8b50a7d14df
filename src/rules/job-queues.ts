/** Job queues of AWS Batch, by name or ARN. */
import { ANY } from './model';

const ARN = /^arn:[^:]+:batch:[^:]*:[^:]*:job-queue\//;

/**
 * Returns whether a name or ARN is one of the listed queues. A name means a queue in the account and region of the stage,
 * so it matches no listed ARN of another account or region.
 *
 * @param listed ARNs, or names where no ARN is known; the first one is the stage's own queue
 */
export function permitsJobQueue(given: string, listed: readonly string[]): boolean {
  return listed.some(
    (queue) => queue === ANY || queue === given || isSameName(queue, given, listed[0] ?? ''),
  );
}

function isSameName(listed: string, given: string, own: string): boolean {
  if (nameOf(listed) !== nameOf(given) || isArn(listed) === isArn(given)) return false;
  return !isArn(listed) || ownerOf(listed) === ownerOf(own);
}

function isArn(queue: string): boolean {
  return ARN.test(queue);
}

function nameOf(queue: string): string {
  return queue.replace(ARN, '');
}

/** Returns partition, service, region and account of an ARN. */
function ownerOf(queue: string): string | undefined {
  return ARN.exec(queue)?.[0];
}
