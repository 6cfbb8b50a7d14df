/** The rules of a strict stage. */
import type { DemandRules } from '../../src/rules/model';

export const STAGE: DemandRules = {
  buckets: ['own'],
  read: ['buckets', 's3://reference/genomes'],
  write: ['buckets/results'],
  remove: [],
  jobQueues: ['arn:aws:batch:us-west-2:111122223333:job-queue/main'],
  images: ['ghcr.io/team/*'],
  privileged: false,
  jobRoles: ['arn:aws:iam::111122223333:role/job'],
  maxMemoryMib: 4096,
  maxVcpus: 4,
  maxGpus: 0,
  maxAttemptDurationSeconds: 3600,
  documents: 'temp',
};
