/** The buckets that demands read from and write to, brought along or made. */
import { REDRIVE_DAYS } from '../src/aws-limits';
import type { DeploymentConfig } from './config';
import { attribute, type Resources, ref, refusePlainHttp, sub, type Value } from './template';

export interface Buckets {
  readonly bucketArns: readonly Value[];
  readonly objectArns: readonly Value[];
  readonly resources: Resources;
}

/**
 * An upload in parts belongs to an execution. A redriven execution goes on with the parts. If they were gone, it would
 * begin anew without a message.
 */
const ABORT_UPLOADS_AFTER_DAYS = REDRIVE_DAYS + 1;

export function bucketsOf({ buckets }: DeploymentConfig): Buckets {
  const names = buckets.names;
  const isMade = 'create' in buckets;
  return {
    // `arn:aws:` is spelled out throughout: the state machines' service integrations tie us to that partition.
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
        ...(name !== undefined && { BucketName: name }),
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
        // An output mirrors its folder: it overwrites and deletes.
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
