/** The bucket of the stack for the data of demands. deployment/demands.ts says what demands may do in it. */
import { REDRIVE_DAYS } from '../src/aws-limits';
import { withoutEmpty } from '../src/wire/json';
import type { DeploymentConfig } from './config';
import { attribute, type Resources, ref, refusePlainHttp, sub } from './template';

/**
 * A redriven execution continues its multipart uploads. If they were gone, it would silently begin them again.
 */
const ABORT_UPLOADS_AFTER_DAYS = REDRIVE_DAYS + 1;

/** Returns the bucket that the stack makes for the data of demands, if it makes one. */
export function dataBucketOf({ buckets }: DeploymentConfig): Resources {
  return 'create' in buckets ? dataBucket(buckets.create) : {};
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
