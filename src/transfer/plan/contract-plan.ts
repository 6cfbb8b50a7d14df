/** The plan of the contract: a source is cut into parts, and the parts are packed into batches. */
import { DemandValidationError } from '../../errors';
import { compileFilters } from '../filters';
import { asFolder, joinLocation, type Location, textOf, withPath } from '../location';
import { DEFAULT_BATCH_SIZE_BYTES, type PrepareBatchDataSyncRequest } from '../request';
import { listSourcePages, type SourceWorld } from '../source';
import type { StoredFile } from '../store';
import { pack } from './pack';
import { TreeCutter, type TreePart } from './partition';

/** A part of the source, with its source and destination. */
interface PlanNode extends TreePart {
  readonly sourcePath: Location;
  readonly destinationPath: Location;
}

export interface Plan {
  readonly batches: readonly (readonly TreePart[])[];
  readonly bytes: number;
  readonly files: number;
  /** Returns a part with its locations. They are made for each call: a million locations need too much memory. */
  toNode(part: TreePart): PlanNode;
}

/**
 * Cuts the source into parts of at most `batch_size_bytes_limit` and packs them into batches: contract section 6.
 *
 * @throws every error of {@link listSourcePages}
 * @throws DemandValidationError for filters between two file systems
 */
export async function planBatches(request: PrepareBatchDataSyncRequest, world: SourceWorld): Promise<Plan> {
  refuseLocalFilters(request);
  const limit = request.batchSizeBytesLimit || DEFAULT_BATCH_SIZE_BYTES;
  const parts = await partitionTree(listSourcePages(request, world), limit);
  return {
    batches: pack(parts, limit),
    bytes: parts.reduce((sum, part) => sum + part.size, 0),
    files: parts.reduce((sum, part) => sum + part.files, 0),
    toNode: (part) => toNode(part, request),
  };
}

/** Returns the parts of a listing, see {@link TreeCutter}. */
async function partitionTree(
  listing: AsyncIterable<readonly StoredFile[]>,
  limit: number,
): Promise<TreePart[]> {
  const cutter = new TreeCutter(limit);
  for await (const page of listing) for (const { key, size } of page) cutter.add(key, size);
  return cutter.finish();
}

function toNode(
  part: TreePart,
  { sourcePath: source, destinationPath: destination }: PrepareBatchDataSyncRequest,
): PlanNode {
  const isWhole = part.key === '';
  return {
    ...part,
    sourcePath: isWhole ? source : partLocation(source, part.key),
    destinationPath: isWhole ? wholeDestination(destination) : partLocation(destination, part.key),
  };
}

function partLocation(base: Location, key: string): Location {
  return joinLocation(base, base.scheme.foldersEndWithSlash ? key : withoutSlash(key));
}

/** Returns the destination of a whole source as the original writes it: a folder, also for a source that is a file. */
function wholeDestination(destination: Location): Location {
  if (destination.scheme.foldersEndWithSlash) return asFolder(destination);
  return withPath(destination, withoutSlash(destination.path) || '/');
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function refuseLocalFilters(request: PrepareBatchDataSyncRequest): void {
  const { sourcePath: source, destinationPath: destination } = request;
  const areFileSystems = source.scheme.isFileSystem && destination.scheme.isFileSystem;
  if (!areFileSystems || compileFilters(request.filterConfig).isEmpty) return;
  throw new DemandValidationError([
    {
      pointer: '/filter_config',
      message: `a plan from ${textOf(source)} to ${textOf(destination)} cannot have filters, because neither location is in S3`,
      remedy: 'Leave the filters out, or give a location in S3',
    },
  ]);
}
