/** The buckets that demands read from and write to: existing buckets, or a bucket of the stack. */
import { REDRIVE_DAYS } from '../src/aws-limits';
import { withoutEmpty } from '../src/wire/json';
import type { DeploymentConfig } from './config';
import { attribute, type Resources, ref, refusePlainHttp, sub, type Value } from './template';

export interface Buckets {
  readonly bucketNames: readonly Value[];
  readonly bucketArns: readonly Value[];
  readonly objectArns: readonly Value[];
  readonly resources: Resources;
}

/**
 * A redriven execution continues its multipart uploads. If they were gone, it would silently begin them again.
 */
const ABORT_UPLOADS_AFTER_DAYS = REDRIVE_DAYS + 1;

export function bucketsOf({ buckets }: DeploymentConfig): Buckets {
  const names = buckets.names;
  const isMade = 'create' in buckets;
  return {
    bucketNames: [...names, ...(isMade ? [ref('DataBucket')] : [])],
    // `arn:aws:` is a literal: the service integrations of the state machines also name this partition.
    bucketArns: [
      ...names.map((name) => `arn:aws:s3:::${name}`),
      ...(isMade ? [attribute('DataBucket', 'Arn')] : []),
    ],
    objectArns: [
      ...names.map((name) => `arn:aws:s3:::${name}/*`),
      ...(isMade ? [sub('${DataBucket.Arn}/*')] : []),
    ],
    resources: isMade ? dataBucket(buckets.create) : {},
  };
}

function dataBucket({
  name,
  keepOldVersionsDays,
}: {
  name?: string | undefined;
  keepOldVersionsDays: number;
}): Resources {
  return {
    DataBucket: {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        ...withoutEmpty({ BucketName: name }),
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        // Versions, because an output mirrors its folder: it overwrites and deletes objects.
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: {
          Rules: [
            {
              Id: 'abort-uploads',
              Status: 'Enabled',
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: ABORT_UPLOADS_AFTER_DAYS },
            },
            {
              Id: 'expire-old-versions',
              Status: 'Enabled',
              ExpiredObjectDeleteMarker: true,
              NoncurrentVersionExpiration: { NoncurrentDays: keepOldVersionsDays },
            },
          ],
        },
      },
    },
    DataBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: ref('DataBucket'),
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [refusePlainHttp([attribute('DataBucket', 'Arn'), sub('${DataBucket.Arn}/*')])],
        },
      },
    },
  };
}
