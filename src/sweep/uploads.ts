/** Aborts uploads in parts that nobody continues. S3 bills their parts until then. */
import { describeError } from '../errors';
import type { EpochMs } from '../units';
import type { Swept } from './report';
import { DAY_MS } from './settings';

export interface BegunUpload {
  readonly bucket: string;
  readonly key: string;
  readonly id: string;
  readonly begunAt: EpochMs;
  /** The ARN of the caller that has begun the upload, or the id of an account. */
  readonly initiator: string;
}

/** The place in the list of a bucket's uploads after which a list continues. */
export interface UploadMarker {
  readonly key: string;
  readonly id: string;
}

export interface UploadPage {
  readonly uploads: readonly BegunUpload[];
  /** Absent on the last page. */
  readonly next?: UploadMarker;
}

export interface Uploads {
  /** Returns one page of the unfinished uploads of a bucket. */
  list(bucket: string, after?: UploadMarker): Promise<UploadPage>;
  /** Aborts an upload. An upload that has ended is no error. */
  abort(upload: BegunUpload): Promise<void>;
}

export interface UploadRules {
  /** An older upload is aborted. */
  readonly days: number;
  /** Names of the roles whose uploads are ours. Uploads of everybody else stay. */
  readonly roles: readonly string[];
  /** An upload that is younger than the oldest running execution may still be continued. Absent: unknown. */
  readonly runningSince?: EpochMs;
}

/** Returns the reason why an upload stays; undefined for an upload to abort. */
export function holdOfUpload(
  { begunAt, initiator }: BegunUpload,
  { days, roles, runningSince }: UploadRules,
  now: EpochMs,
): 'foreign' | 'recent' | 'running' | 'unknown' | undefined {
  const role = /^arn:[^:]+:sts::\d*:assumed-role\/([^/]+)\//.exec(initiator)?.[1];
  if (role === undefined || !roles.includes(role)) return 'foreign';
  if (now - begunAt < days * DAY_MS) return 'recent';
  if (runningSince === undefined) return 'unknown';
  return begunAt >= runningSince ? 'running' : undefined;
}

/** Aborts the uploads of one page. */
export async function sweepUploads(
  uploads: readonly BegunUpload[],
  rules: UploadRules,
  {
    uploads: service,
    now,
    isDryRun,
  }: { readonly uploads: Pick<Uploads, 'abort'>; readonly now: EpochMs; readonly isDryRun: boolean },
): Promise<readonly Swept[]> {
  const swept: Swept[] = [];
  for (const upload of uploads) {
    const held = holdOfUpload(upload, rules, now);
    const path = `s3://${upload.bucket}/${upload.key}`;
    if (held === undefined) {
      try {
        if (!isDryRun) await service.abort(upload);
        // S3 tells the size of the parts only with a request for each upload.
        swept.push({ removed: 'upload', path, bytes: 0 });
      } catch (error) {
        swept.push({ failure: describeError(error).message, path });
      }
    } else swept.push({ stays: held });
  }
  return swept;
}
