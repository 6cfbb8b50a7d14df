/** The section `demands` of `config/<stage>.yml`: what a demand may ask for. src/rules/ has the forms of its lists. */
import * as v from 'valibot';
import { ATTEMPT_SECONDS } from '../../src/aws-limits';
import { MOST_JOB_SECONDS } from '../../src/batch/retries/settings';
import { IMAGE_FORMS, isImageRule } from '../../src/rules/images';
import { ANY } from '../../src/rules/model';
import { PLACE_FORMS, parsePlace } from '../../src/rules/places';
import { described, list, object, queueArn, whole, yesOrNo } from './fields';

const place = v.pipe(
  v.string(PLACE_FORMS),
  v.check((text) => parsePlace(text) !== undefined, PLACE_FORMS),
);
const image = v.pipe(v.string(IMAGE_FORMS), v.check(isImageRule, IMAGE_FORMS));
const anyQueue = v.literal(ANY, '* or the ARN of a job queue');
/** Far above the largest instance. */
const MOST = 1_000_000_000;
const WEEK = 7 * 24 * 3_600;

export const demands = object({
  read: described(
    v.optional(list(place), ['buckets']),
    'Places in S3 from which demands read their inputs: buckets, buckets/key, s3://bucket, s3://bucket/key, s3://bucket/key* or *.',
  ),
  write: described(
    v.optional(list(place), ['buckets']),
    'Places in S3 to which demands write their outputs, in the same forms.',
  ),
  remove: described(
    v.optional(list(place), []),
    'Places in S3 where a mirror or a move may remove objects, in the same forms. Elsewhere an output removes nothing.',
  ),
  jobQueueArns: described(
    v.optional(list(v.union([queueArn, anyQueue], '* or the ARN of a job queue')), []),
    'Further job queues, besides the queue of the stage. "*": every queue of the account and region.',
  ),
  images: described(
    v.optional(list(image), [ANY]),
    'Images of jobs: repositories with or without a tag or a digest, folders of repositories with /* at the end, or *.',
  ),
  privileged: described(
    v.optional(yesOrNo(), false),
    'A demand may run its container privileged. Such a container has all rights of its instance.',
  ),
  maxMemoryMib: described(v.optional(whole(4, MOST)), 'MiB of memory of a job at most.'),
  maxVcpus: described(v.optional(whole(1, MOST)), 'vCPUs of a job at most.'),
  maxGpus: described(v.optional(whole(0, MOST)), 'GPUs of a job at most.'),
  maxAttemptDurationSeconds: described(
    v.optional(whole(ATTEMPT_SECONDS, MOST_JOB_SECONDS), WEEK),
    'Seconds at most that a demand may give an attempt of its job. Without an end, a job that hangs costs money for ever.',
  ),
});
