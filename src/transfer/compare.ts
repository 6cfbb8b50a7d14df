/** Whether two files of one size have one content, as far as it can be told without copying. */
import { createHash, type Hash } from 'node:crypto';
import type { Location } from './location';
import type { Store, StoredFile } from './store';
import { destinationOf, sourceOf, type Transfer } from './transfer';

const MIB = 1024 ** 2;
/**
 * Part sizes in MiB of uploaders in use: ours and the AWS command line's, then others'. The ETag of an object in
 * parts is the MD5 of the parts' MD5s, and says how many there were, but not how large.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
const PART_SIZES = [8, 16, 5, 15, 32, 64, 100, 128, 256, 512].map((size) => size * MIB);
const MOST_TRIED = 3;
const ETAG = /^"?([0-9a-f]{32})(?:-(\d+))?"?$/;

interface Side {
  readonly store: Store;
  readonly location: Location;
  readonly file: StoredFile;
}

/**
 * Both files with checksums that can be compared, where they have none: an ETag as it was listed, and for a file
 * the ETag that it would have. An ETag that is no MD5 (SSE-KMS) equals none: the file then counts as changed.
 *
 * @returns the files as they came where sizes tell already
 */
export async function withChecksums(
  transfer: Transfer,
  file: StoredFile,
  existing: StoredFile | undefined,
  signal: AbortSignal,
): Promise<readonly [StoredFile, StoredFile | undefined]> {
  const { force, sizeOnly } = transfer.request;
  const isTold = existing === undefined || existing.unsafe !== undefined || existing.size !== file.size;
  if (force || sizeOnly || isTold) return [file, existing];
  const from = { store: transfer.source, location: sourceOf(transfer, file), file };
  const to = { store: transfer.target, location: destinationOf(transfer, file), file: existing };
  const source = tagOf(file) ?? (await computeTag(from, tagOf(existing), signal));
  const destination = tagOf(existing) ?? (await computeTag(to, tagOf(file), signal));
  return [
    { ...file, checksum: source },
    { ...existing, checksum: destination },
  ];
}

/** The ETag of a listed object; undefined for a file. */
function tagOf({ version }: StoredFile): string | undefined {
  return version !== undefined && ETAG.test(version) ? version.replaceAll('"', '') : undefined;
}

/** @param like the tag to compare with: how many parts it is made of */
async function computeTag(side: Side, like: string | undefined, signal: AbortSignal): Promise<string> {
  const { size } = side.file;
  const count = ETAG.exec(like ?? '')?.[2];
  if (count === undefined) return md5(side, Math.max(1, size), signal).then(({ whole }) => whole);
  const parts = Number(count);
  const candidates = [...PART_SIZES, Math.ceil(size / 10_000 / MIB) * MIB].filter(
    (partSize) => partSize > 0 && Math.ceil(size / partSize) === parts,
  );
  for (const partSize of candidates.slice(0, MOST_TRIED)) {
    const { ofParts } = await md5(side, partSize, signal);
    if (`${ofParts}-${parts}` === like) return like;
  }
  return 'no part size gives this ETag';
}

async function md5({ store, location, file }: Side, partSize: number, signal: AbortSignal) {
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
