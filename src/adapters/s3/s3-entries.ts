/** Lists the objects of a bucket, also folder markers. */
import {
  type _Object,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { PathEntry, PathListing } from '../../paths/entries';
import { asFolder, isFolderLike, type Location } from '../../transfer/location';
import { requireS3Object } from '../../transfer/schemes/s3';

/** A {@link PathListing} over the buckets that a client reaches. */
export class S3Entries implements PathListing {
  constructor(private readonly client: S3Client) {}

  async *list(location: Location, signal: AbortSignal): AsyncGenerator<PathEntry> {
    const { bucket: Bucket, key } = requireS3Object(location);
    if (!isFolderLike(location)) yield* this.#listExactly({ Bucket, Prefix: key, MaxKeys: 1 }, signal);
    // The prefix ends with a slash: the folder `run1` does not contain `run10`.
    yield* this.#listBelow({ Bucket, Prefix: asFolder(location).path }, signal);
  }

  /** Finds the exact key: it is the first key with itself as prefix. */
  async *#listExactly(input: ListObjectsV2CommandInput, signal: AbortSignal): AsyncGenerator<PathEntry> {
    const page = await this.client.send(new ListObjectsV2Command(input), { abortSignal: signal });
    for (const object of page.Contents ?? []) if (object.Key === input.Prefix) yield toEntry(object, '');
  }

  async *#listBelow(input: ListObjectsV2CommandInput, signal: AbortSignal): AsyncGenerator<PathEntry> {
    const pages = paginateListObjectsV2({ client: this.client }, input, { abortSignal: signal });
    for await (const page of pages)
      for (const object of page.Contents ?? [])
        yield toEntry(object, (object.Key ?? '').slice(input.Prefix?.length));
  }
}

function toEntry({ Size = 0, LastModified }: _Object, key: string): PathEntry {
  return { key, size: Size, modified: (LastModified?.getTime() ?? 0) * 1_000 };
}
