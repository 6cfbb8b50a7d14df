/** Lists and aborts unfinished uploads in parts through the S3 API. */
import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { BegunUpload, UploadMarker, UploadPage, Uploads } from '../../sweep/uploads';

export class AwsUploads implements Uploads {
  constructor(private readonly client: S3Client) {}

  async list(bucket: string, after?: UploadMarker): Promise<UploadPage> {
    const place = { Bucket: bucket, KeyMarker: after?.key, UploadIdMarker: after?.id };
    const command = new ListMultipartUploadsCommand(place);
    const page = await this.client.send(command).catch((error: unknown) => {
      // A stage may permit a bucket before somebody makes it.
      if ((error as Error).name !== 'NoSuchBucket') throw error;
      return undefined;
    });
    if (page === undefined) return { uploads: [] };
    const { Uploads: found = [], IsTruncated, NextKeyMarker: key, NextUploadIdMarker: id } = page;
    const uploads = found.map(
      ({ Key = '', UploadId = '', Initiated, Initiator }): BegunUpload => ({
        bucket,
        key: Key,
        id: UploadId,
        // Without a time, the upload counts as new.
        begunAt: Initiated?.getTime() ?? Number.POSITIVE_INFINITY,
        initiator: Initiator?.ID ?? '',
      }),
    );
    const isMore = IsTruncated === true && key !== undefined && id !== undefined;
    return { uploads, ...(isMore && { next: { key, id } }) };
  }

  async abort({ bucket, key, id }: BegunUpload): Promise<void> {
    try {
      const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: id });
      await this.client.send(command);
    } catch (error) {
      if ((error as Error).name !== 'NoSuchUpload') throw error;
    }
  }
}
