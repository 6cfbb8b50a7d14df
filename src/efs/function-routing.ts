/**
 * Routes a call to the function that mounts the file system. A Lambda function mounts one file system. A stage with
 * several file systems has each function that touches files once per file system, in the order of the configuration.
 * The state machines call such a function by its index in that order.
 */
import * as v from 'valibot';
import { FileSystemNotMounted } from '../errors';
import type { Location } from '../transfer/location';
import { fileSystemIdOf, LOCAL } from '../transfer/schemes/file-systems';
import { integer, model, writeModel } from '../wire/schema';
import type { Wire } from '../wire/types';

export interface FunctionRouting {
  /** The file system of each function, by index. The list is empty when one process mounts all file systems. */
  readonly fileSystemIds: readonly string[];
  /** The index of the running function. */
  readonly index: number;
}

export interface RoutingSettings {
  readonly routing: FunctionRouting;
}

export const SINGLE_FUNCTION: FunctionRouting = { fileSystemIds: [], index: 0 };
const NO_SENDER = -1;

/** The function that the machine calls next. An event without a route gives the call to the first function. */
export const routeSchema = v.optional(
  model({
    index: integer(0),
    /** The function that sent the call on, or the one that began a turn of all functions; -1 in a first call. */
    sentBy: integer(NO_SENDER),
  }),
  { index: 0, sentBy: NO_SENDER },
);

export type Route = v.InferOutput<typeof routeSchema>;
export type WrittenRoute = Wire<typeof routeSchema>;

export function writeRoute(route: Route) {
  return writeModel(routeSchema, route);
}

/** Returns the route to the running function, for the next call of the machine. */
export function routeToSelf({ index }: FunctionRouting): Route {
  return { index, sentBy: NO_SENDER };
}

/**
 * Returns the route to the function that mounts a file system. The first function gets the call when no function mounts
 * the file system; its error then names the missing mount.
 */
export function routeToFileSystem(fileSystemId: string, { fileSystemIds }: FunctionRouting): Route {
  return { index: Math.max(0, fileSystemIds.indexOf(fileSystemId)), sentBy: NO_SENDER };
}

/**
 * Returns the route to the function that can do what failed in the running function.
 *
 * @param route the route of the failed call
 * @returns undefined when no other function can run the call
 * @throws FileSystemNotMounted for a transfer between two file systems: no function mounts both of them
 */
export function routeAfterFailure(error: unknown, routing: FunctionRouting, route: Route): Route | undefined {
  if (!(error instanceof FileSystemNotMounted) || error.fileSystemId === undefined) return undefined;
  const index = routing.fileSystemIds.indexOf(error.fileSystemId);
  if (index === -1 || index === routing.index) return undefined;
  if (index === route.sentBy)
    throw new FileSystemNotMounted(
      `${routing.fileSystemIds[routing.index]} and ${error.fileSystemId} are two file systems, and no function mounts both. Copy to S3 first, and from S3 to the destination`,
    );
  return { index, sentBy: routing.index };
}

/**
 * Runs an operation. When another function has the file system that the operation misses, the answer is a route to it.
 *
 * @param answerWith makes the answer that names the route
 * @throws the operation's error, when no other function can do it
 */
export async function runOrReroute<T>(
  operation: () => Promise<T>,
  answerWith: (route: Route) => T,
  { routing, route: given }: { readonly routing: FunctionRouting; readonly route: Route },
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    const route = routeAfterFailure(error, routing, given);
    if (route === undefined) throw error;
    return answerWith(route);
  }
}

/**
 * Returns the route to the next function in turn. The turn begins with the function that the first call reached.
 *
 * @returns undefined when every function was called once
 */
export function routeToNext(routing: FunctionRouting, route: Route): Route | undefined {
  const begin = route.sentBy === NO_SENDER ? routing.index : route.sentBy;
  const index = (routing.index + 1) % Math.max(1, routing.fileSystemIds.length);
  return index === begin ? undefined : { index, sentBy: begin };
}

/**
 * Returns whether a location is on a file system that another function mounts. A plain path names no file system; it
 * belongs to the first function. A location in S3, or on a file system without a function, belongs to no other function.
 */
export function isOfOtherFunction(location: Location, { fileSystemIds, index }: FunctionRouting): boolean {
  if (location.scheme === LOCAL) return index !== 0;
  const fileSystemId = fileSystemIdOf(location);
  return fileSystemId !== undefined && ![-1, index].includes(fileSystemIds.indexOf(fileSystemId));
}
