/** Whether two files of one size have one content, as far as it can be told without copying. */
import { createHash, type Hash } from 'node:crypto';
import { UPLOAD_PARTS } from '../../aws-limits';
import type { Bytes } from '../../units';
import { partCountOf, tagOf } from '../etags';
import type { Location } from '../location';
import type { Store, StoredFile } from '../store';
import { destinationOf, sourceOf, type Transfer } from '../transfer';
import { isBySize } from './decide';
import type { VerifiedRecord } from './verified-record';

const MIB = 1024 ** 2;
/**
 * Part sizes in MiB of uploaders in use: ours and the AWS command line's, then others'. The ETag of an object in
 * parts is the MD5 of the parts' MD5s, and says how many there were, but not how large.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
const PART_SIZES = [8, 16, 5, 15, 32, 64, 100, 128, 256, 512].map((size) => size * MIB);
const MOST_TRIED = 3;
const NO_TAG = 'no part size gives this ETag';

interface Side {
  readonly store: Store;
  readonly location: Location;
  readonly file: StoredFile;
  readonly record: VerifiedRecord | undefined;
}

/**
 * Both files with checksums that can be compared, where they have none: an ETag as it was listed, and for a file
 * the ETag that it would have, from the record of what was verified or from its content. An ETag that is no MD5
 * (SSE-KMS) equals that of a file which is on record as its copy, and no other: that counts as changed.
 *
 * @returns the files as they came where sizes tell already
 */
export async function withChecksums(
  transfer: Transfer,
  file: StoredFile,
  existing: StoredFile | undefined,
  signal: AbortSignal,
): Promise<readonly [StoredFile, StoredFile | undefined]> {
  const { request } = transfer;
  const isTold = existing === undefined || existing.unsafe !== undefined || existing.size !== file.size;
  if (request.force || isBySize(request) || isTold) return [file, existing];
  const { source: store, target, verified } = transfer;
  const from = { store, location: sourceOf(transfer, file), file, record: verified?.source };
  const to = {
    store: target,
    location: destinationOf(transfer, file),
    file: existing,
    record: verified?.target,
  };
  const source = tagOf(file) ?? (await findTag(from, tagOf(existing), signal));
  const destination = tagOf(existing) ?? (await findTag(to, tagOf(file), signal));
  return [
    { ...file, checksum: source },
    { ...existing, checksum: destination },
  ];
}

/** The tag on record, where that settles it; else that of the content. @param like the tag to compare with */
async function findTag(side: Side, like: string | undefined, signal: AbortSignal): Promise<string> {
  const seen = await side.record?.see(side.location, side.file);
  const known = seen?.known;
  if (known !== undefined && (known.tag === like || (known.isComputed && isOfWhole(known.tag, like))))
    return known.tag;
  const tag = await computeTag(side, like, signal);
  if (tag !== NO_TAG) seen?.remember(tag);
  return tag;
}

/** One content has one tag as a whole, but in parts one for each part size. */
function isOfWhole(...tags: readonly (string | undefined)[]): boolean {
  return !tags.some((tag) => tag?.includes('-'));
}

/** @param like the tag to compare with: how many parts it is made of */
async function computeTag(side: Side, like: string | undefined, signal: AbortSignal): Promise<string> {
  const { size } = side.file;
  const parts = partCountOf(like ?? '');
  if (parts === undefined) return md5(side, Math.max(1, size), signal).then(({ whole }) => whole);
  const candidates = [...PART_SIZES, Math.ceil(size / UPLOAD_PARTS / MIB) * MIB].filter(
    (partSize) => partSize > 0 && Math.ceil(size / partSize) === parts,
  );
  for (const partSize of candidates.slice(0, MOST_TRIED)) {
    const { ofParts } = await md5(side, partSize, signal);
    if (`${ofParts}-${parts}` === like) return like;
  }
  return NO_TAG;
}

async function md5({ store, location, file }: Side, partSize: Bytes, signal: AbortSignal) {
  const whole = createHash('md5');
  const parts: Buffer[] = [];
  let part: Hash = createHash('md5');
  let left = partSize;
  const close = () => {
    parts.push(part.digest());
    part = createHash('md5');
    left = partSize;
  };
  for await (const chunk of store.read(location, file, signal) as AsyncIterable<Buffer>) {
    whole.update(chunk);
    for (let rest = chunk; rest.length > 0; ) {
      const piece = rest.subarray(0, left);
      part.update(piece);
      rest = rest.subarray(piece.length);
      left -= piece.length;
      if (left === 0) close();
    }
  }
  if (left < partSize) close();
  const ofParts = createHash('md5').update(Buffer.concat(parts)).digest('hex');
  return { whole: whole.digest('hex'), ofParts };
}
