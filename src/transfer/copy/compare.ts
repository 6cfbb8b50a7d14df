/** Compares the contents of two files of the same size without a copy. */
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
 * Usual part sizes: first the sizes of this package and of the AWS command line, then those of other programs. The ETag
 * of an object in parts is the MD5 of the parts' MD5s. It has the number of parts, but not their size.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
const PART_SIZES = [8, 16, 5, 15, 32, 64, 100, 128, 256, 512].map((size) => size * MIB);
/** Part sizes that are tried for one file: each reads the whole content. */
const MAX_SIZES_TRIED = 3;
const NO_TAG = 'no part size gives this ETag';

interface Side {
  readonly store: Store;
  readonly location: Location;
  readonly file: StoredFile;
  readonly record: VerifiedRecord | undefined;
}

/**
 * Adds comparable checksums to a source file and to the file at its destination. The checksum of an object is its listed
 * ETag. The checksum of a file is the ETag of an object with the same content, from a record or from the content itself.
 * An ETag that is not an MD5 (SSE-KMS) equals only the recorded ETag of a copy of that object. Without such a record the
 * file counts as changed.
 *
 * @param existing the file at the destination; undefined for a missing file
 * @returns both files; without new checksums if the request or the sizes decide without a comparison of contents
 * @throws TransferMismatch when a file changes while it is read
 */
export async function withChecksums(
  transfer: Transfer,
  file: StoredFile,
  existing: StoredFile | undefined,
  signal: AbortSignal,
): Promise<readonly [StoredFile, StoredFile | undefined]> {
  const { request } = transfer;
  const isDecidedBySize =
    existing === undefined ||
    existing.unsafe !== undefined ||
    existing.isLink === true ||
    existing.size !== file.size;
  if (request.force || isBySize(request) || isDecidedBySize) return [file, existing];
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

/** Returns the recorded tag if it decides, or the tag of the content. @param otherTag the tag to compare with */
async function findTag(side: Side, otherTag: string | undefined, signal: AbortSignal): Promise<string> {
  const seen = await side.record?.see(side.location, side.file);
  const known = seen?.known;
  if (known !== undefined && (known.tag === otherTag || (known.isComputed && isOfWhole(known.tag, otherTag))))
    return known.tag;
  const tag = await computeTag(side, otherTag, signal);
  if (tag !== NO_TAG) seen?.remember(tag);
  return tag;
}

/** Returns whether all tags are MD5s of the whole content. A content in parts has another tag for each part size. */
function isOfWhole(...tags: readonly (string | undefined)[]): boolean {
  return !tags.some((tag) => tag?.includes('-'));
}

/** Computes the tag of the content. @param otherTag the tag to compare with: it has the number of parts */
async function computeTag(side: Side, otherTag: string | undefined, signal: AbortSignal): Promise<string> {
  const { size } = side.file;
  const parts = partCountOf(otherTag ?? '');
  if (parts === undefined) return md5(side, Math.max(1, size), signal).then(({ whole }) => whole);
  const candidates = [...PART_SIZES, Math.ceil(size / UPLOAD_PARTS / MIB) * MIB].filter(
    (partSize) => partSize > 0 && Math.ceil(size / partSize) === parts,
  );
  for (const partSize of candidates.slice(0, MAX_SIZES_TRIED)) {
    const { ofParts } = await md5(side, partSize, signal);
    if (`${ofParts}-${parts}` === otherTag) return otherTag;
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
