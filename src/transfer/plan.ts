/** A listed tree, cut into parts and packed into batches that one call after another can copy. */
import { DemandValidationError } from '../errors';
import {
  asFolder,
  formatLocation,
  joinLocation,
  type Location,
  parseLocation,
  pathOf,
  withPath,
} from './location';
import { pack } from './pack';
import { DEFAULT_BATCH_SIZE_BYTES, type PrepareBatchDataSyncRequest } from './request';
import { listSource, type SourceWorld } from './source';
import type { StoredFile } from './store';

/** A folder or a file to be copied on its own. */
export interface PlanNode {
  /** Relative to the source, a slash at the end of a folder's; `''` is the whole source. */
  readonly key: string;
  readonly sourcePath: string;
  readonly destinationPath: string;
  /** Bytes. */
  readonly size: number;
  readonly files: number;
}

export interface Plan {
  readonly batches: readonly (readonly PlanNode[])[];
  readonly bytes: number;
  readonly files: number;
}

/** A part of the tree, before it has its paths. */
export interface TreePart {
  readonly key: string;
  readonly size: number;
  readonly files: number;
}

/**
 * Cuts the source into parts of at most `batch_size_bytes_limit` and packs them into batches.
 *
 * @throws what {@link listSource} throws
 * @throws DemandValidationError for filters between two file systems
 */
export async function planBatches(request: PrepareBatchDataSyncRequest, world: SourceWorld): Promise<Plan> {
  const source = parseLocation(request.sourcePath);
  const destination = parseLocation(request.destinationPath);
  refuseLocalFilters(request, source, destination);
  const limit = request.batchSizeBytesLimit || DEFAULT_BATCH_SIZE_BYTES;
  const parts = await partitionTree(listSource(request, world), limit);
  const nodes = parts.map((part) => toNode(part, request, { source, destination }));
  return {
    batches: pack(nodes, limit),
    bytes: nodes.reduce((sum, node) => sum + node.size, 0),
    files: nodes.reduce((sum, node) => sum + node.files, 0),
  };
}

interface OpenFolder {
  readonly key: string;
  size: number;
  files: number;
  /** What stands for the folder if it turns out to be above the limit. */
  readonly parts: TreePart[];
}

/**
 * Cuts a tree from the root down: a folder within the limit is one part, one above it is replaced by
 * its children, a file above it stands alone.
 *
 * The listing is in byte order, so a folder is complete as soon as a key lies outside it: only the
 * folders above the current key are held, and the parts.
 */
export async function partitionTree(listing: AsyncIterable<StoredFile>, limit: number): Promise<TreePart[]> {
  const root: OpenFolder = { key: '', size: 0, files: 0, parts: [] };
  const open: OpenFolder[] = [root];
  for await (const file of listing) {
    closeFolders(open, (folder) => !file.key.startsWith(folder.key), limit);
    openFolders(open, file.key);
    const folder = open.at(-1) ?? root;
    addPart(folder, { key: file.key, size: file.size, files: 1 });
  }
  closeFolders(open, (folder) => folder !== root, limit);
  return root.size <= limit || root.parts.length === 0 ? [toPart(root)] : root.parts;
}

function openFolders(open: OpenFolder[], key: string): void {
  const above = open.at(-1)?.key.length ?? 0;
  for (let slash = key.indexOf('/', above); slash !== -1; slash = key.indexOf('/', slash + 1))
    open.push({ key: key.slice(0, slash + 1), size: 0, files: 0, parts: [] });
}

function closeFolders(open: OpenFolder[], isClosed: (folder: OpenFolder) => boolean, limit: number): void {
  for (let folder = open.at(-1); folder !== undefined && isClosed(folder); folder = open.at(-1)) {
    open.pop();
    const parent = open.at(-1);
    if (parent === undefined) return;
    if (folder.size <= limit) addPart(parent, toPart(folder));
    else addParts(parent, folder);
  }
}

function addPart(folder: OpenFolder, part: TreePart): void {
  folder.size += part.size;
  folder.files += part.files;
  folder.parts.push(part);
}

function addParts(parent: OpenFolder, folder: OpenFolder): void {
  parent.size += folder.size;
  parent.files += folder.files;
  for (const part of folder.parts) parent.parts.push(part);
}

function toPart({ key, size, files }: OpenFolder): TreePart {
  return { key, size, files };
}

function toNode(
  part: TreePart,
  request: PrepareBatchDataSyncRequest,
  { source, destination }: { readonly source: Location; readonly destination: Location },
): PlanNode {
  const isWhole = part.key === '';
  return {
    ...part,
    sourcePath: isWhole ? request.sourcePath : placeOf(source, part.key),
    destinationPath: isWhole ? placeOfWhole(destination) : placeOf(destination, part.key),
  };
}

/** In S3 a folder ends with a slash, on a file system it does not. */
function placeOf(base: Location, key: string): string {
  return formatLocation(joinLocation(base, base.kind === 's3' ? key : withoutSlash(key)));
}

/** As the original writes it, which takes any whole for a folder; `key` tells who knows better. */
function placeOfWhole(destination: Location): string {
  if (destination.kind === 's3') return formatLocation(asFolder(destination));
  return formatLocation(withPath(destination, withoutSlash(pathOf(destination)) || '/'));
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function refuseLocalFilters(
  request: PrepareBatchDataSyncRequest,
  source: Location,
  destination: Location,
): void {
  if (request.filterConfig === undefined || source.kind === 's3' || destination.kind === 's3') return;
  throw new DemandValidationError([
    {
      pointer: '/filter_config',
      message: `filters cannot be planned from ${request.sourcePath} to ${request.destinationPath}, neither is in S3`,
      remedy: 'Leave the filters out, or have one side in S3',
    },
  ]);
}
