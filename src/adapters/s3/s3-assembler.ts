/** Assembles large objects from parts that several calls send to one upload. All calls have the upload's id. */
import {
  CompleteMultipartUploadCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListPartsCommand,
  type ListPartsCommandInput,
  type S3Client,
  type Part as SentPart,
} from '@aws-sdk/client-s3';
import { TransferMismatch } from '../../errors';
import { runLimited } from '../../transfer/concurrency';
import { formatLocation, type Location } from '../../transfer/location';
import { requireS3Object } from '../../transfer/schemes/s3';
import type { Assembler, Assembly, Store, StoredFile } from '../../transfer/store';
import type { Bytes } from '../../units';
import { withoutEmpty } from '../../wire/json';
import { isPositioned } from '../ranged';
import { explainRedirect, isNamed } from './failures';
import {
  createUpload,
  endUpload,
  isGone,
  type OpenUpload,
  type Part,
  partSizeOf,
  partsOf,
} from './multipart';
import { PART_BYTES, PARTS_AT_ONCE, sendFilePart, type UploadTarget } from './s3-upload';
import { copyPartWithin } from './server-copy';

export const FINISH_ATTEMPTS = 5;
const NO_SIGNAL = new AbortController().signal;

interface S3AssemblerSettings {
  /** Bytes of a part for a copy within S3. */
  readonly copyPartBytes: number;
}

export interface S3AssemblerWorld {
  readonly client: S3Client;
  readonly settings: S3AssemblerSettings;
  /** @throws UnsafePath when the location is not an object */
  uploadTo(location: Location, signal: AbortSignal): UploadTarget;
  /** Returns whether S3 can copy from that store by itself. */
  isSameS3(store: Store): boolean;
}

type CopyRangeOptions = Parameters<Assembler['copyRange']>[2];
type Send = (part: Part, upload: OpenUpload) => Promise<unknown>;

export class S3Assembler implements Assembler {
  constructor(private readonly world: S3AssemblerWorld) {}

  grainOf(size: Bytes, source: Store): Bytes {
    return partSizeOf(size, this.world.isSameS3(source) ? this.world.settings.copyPartBytes : PART_BYTES);
  }

  async begin(to: Location): Promise<string> {
    const { client, object, requests, patience } = this.world.uploadTo(to, NO_SIGNAL);
    const replaced = await this.#tagOf(object);
    const target = { client, object, hasChecksums: await requests.wantsChecksums(), patience };
    return `${await createUpload(target)} ${replaced ?? ''}`;
  }

  /** Returns undefined: an upload does not show the version of its parts. */
  async find(): Promise<undefined> {
    return undefined;
  }

  async copyRange(
    assembly: Assembly,
    range: { readonly from: number; readonly to: number },
    options: CopyRangeOptions,
  ): Promise<boolean> {
    const { source, file, to, id } = assembly;
    const target = this.world.uploadTo(to, options.signal);
    const sent = await this.#sentParts(target, id);
    if (sent === undefined) return true;
    const isThere = new Set(sent.map(({ PartNumber }) => PartNumber));
    const parts = [...partsOf(file.size, this.grainOf(file.size, source))].filter(
      ({ number, offset }) => offset >= range.from && offset < range.to && !isThere.has(number),
    );
    // Another call has completed or aborted the upload. `finish` finds out which.
    return this.#sendAll(parts, assembly, target, options).catch((error) => {
      if (!isGone(error)) throw error;
      return true;
    });
  }

  async finish(
    { to, id, file }: Omit<Assembly, 'source' | 'from'>,
    attempts = FINISH_ATTEMPTS,
  ): Promise<'done' | 'missing'> {
    const target = this.world.uploadTo(to, NO_SIGNAL);
    const parts = await this.#sentParts(target, id);
    if (parts === undefined) return this.#refuseAbsent(to, id, target, file);
    const bytes = parts.reduce((sum, { Size = 0 }) => sum + Size, 0);
    if (bytes < file.size) return 'missing';
    const Parts = parts.map(toCompleted).sort((one, other) => one.PartNumber - other.PartNumber);
    const command = new CompleteMultipartUploadCommand({
      ...target.object,
      UploadId: uploadIdOf(id),
      MultipartUpload: { Parts },
    });
    try {
      await this.world.client.send(command);
    } catch (error) {
      // Another call has sent the same part again. With SSE-KMS its ETag differs each time.
      if (isNamed(error, 'InvalidPart') && attempts > 1) return this.finish({ to, id, file }, attempts - 1);
      if (!isGone(error)) throw error;
      return this.#refuseAbsent(to, id, target, file);
    }
    return 'done';
  }

  async abandon(to: Location, id: string): Promise<void> {
    await endUpload(this.world.uploadTo(to, NO_SIGNAL), uploadIdOf(id));
  }

  async #sendAll(
    parts: readonly Part[],
    assembly: Assembly,
    target: UploadTarget,
    options: CopyRangeOptions,
  ): Promise<boolean> {
    const { source, from, file, id } = assembly;
    if (this.world.isSameS3(source)) {
      const send: Send = (part, upload) => this.#copyPart(assembly, part, upload, target);
      return sendParts(parts, send, uploadIdOf(id), options);
    }
    if (!isPositioned(source))
      throw new TypeError(`The store of ${formatLocation(from)} cannot read at a position`);
    const opened = await source.openFile(from, file);
    try {
      const send: Send = (part, upload) => sendFilePart(opened, part, upload, target);
      const isDone = await sendParts(parts, send, uploadIdOf(id), options);
      await opened.verify();
      return isDone;
    } finally {
      await opened.close();
    }
  }

  #copyPart({ from, file }: Assembly, part: Part, upload: OpenUpload, { object, patience }: UploadTarget) {
    return copyPartWithin(this.world.client, requireS3Object(from), file, object, part, upload, patience);
  }

  /** @returns undefined when the upload is completed or aborted */
  async #sentParts({ object }: UploadTarget, id: string) {
    try {
      return await this.#listParts({ ...object, UploadId: uploadIdOf(id) });
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async #listParts(upload: ListPartsCommandInput): Promise<SentPart[]> {
    const parts = new Map<number, SentPart>();
    for (let isMore = true, marker = 0; isMore; ) {
      const command = new ListPartsCommand({ ...upload, PartNumberMarker: String(marker) });
      const { Parts = [], IsTruncated = false } = await this.world.client.send(command);
      for (const part of Parts) parts.set(part.PartNumber ?? 0, part);
      const last = Math.max(...parts.keys(), marker);
      // moto returns parts in the order of their arrival, and its answers never end.
      isMore = IsTruncated && last > marker;
      marker = last;
    }
    return [...parts.values()];
  }

  async #refuseAbsent(
    to: Location,
    id: string,
    { object }: UploadTarget,
    { size }: StoredFile,
  ): Promise<'done'> {
    const head = await this.#head(object);
    const isOld = head !== undefined && id.slice(uploadIdOf(id).length + 1) === tagOf(head);
    if (head?.ContentLength === size && !isOld) return 'done';
    throw new TransferMismatch(
      `The upload of ${formatLocation(to)} was aborted before its last part. Run the transfer again`,
    );
  }

  async #tagOf(object: UploadTarget['object']): Promise<string | undefined> {
    // A caller without the right to read an object may still replace it.
    const head = await this.#head(object).catch(() => undefined);
    return head && tagOf(head);
  }

  #head(object: UploadTarget['object']): Promise<HeadObjectCommandOutput | undefined> {
    return this.world.client.send(new HeadObjectCommand(object)).catch((error) => {
      if (error.name === 'NotFound') return undefined;
      throw explainRedirect(error);
    });
  }
}

/** Returns the upload's id from an assembly's id: `<upload id> <tag of the replaced object>`, see {@link tagOf}. */
function uploadIdOf(id: string): string {
  return id.split(' ', 1)[0] ?? id;
}

/** Identifies an object. A new object with the same content has the same ETag but another time. */
function tagOf({ ETag, LastModified }: HeadObjectCommandOutput): string {
  return `${ETag} ${LastModified?.getTime()}`;
}

async function sendParts(
  parts: readonly Part[],
  send: Send,
  uploadId: string,
  { signal, mayStart, onBytes }: CopyRangeOptions,
): Promise<boolean> {
  const sendOne = async (part: Part, inner: AbortSignal) => {
    await send(part, { uploadId, signal: inner });
    onBytes(part.size);
  };
  return (await runLimited(parts, PARTS_AT_ONCE, sendOne, { signal, mayStart })) === parts.length;
}

function toCompleted({ PartNumber, ETag, ChecksumCRC32 }: SentPart) {
  return { PartNumber: PartNumber ?? 0, ETag, ...withoutEmpty({ ChecksumCRC32 }) };
}
