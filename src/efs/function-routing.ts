/**
 * Which function can reach which file system. A Lambda mounts one; where a stage has several, the functions that touch
 * files are there once for each, in the order of the configuration, and the state machines call them by their place.
 */
import * as v from 'valibot';
import { FileSystemNotMounted } from '../errors';
import { parseLocation } from '../transfer/location';
import { integer, model, writeModel } from '../wire/schema';
import type { Wire } from '../wire/types';

export interface Served {
  /** Of all functions of one kind, in their order; none where one process has everything mounted. */
  readonly fileSystemIds: readonly string[];
  /** Of the function that this is. */
  readonly index: number;
}

export const ALL_HERE: Served = { fileSystemIds: [], index: 0 };
const NOBODY = -1;

/** The function that the machine calls next. An event without a route gives the call to the first function. */
export const routeSchema = v.optional(
  model({
    index: integer(0),
    /** The function that could not go on; -1 before any function has tried. */
    sentBy: integer(NOBODY),
  }),
  { index: 0, sentBy: NOBODY },
);

export type Route = v.InferOutput<typeof routeSchema>;
export type WrittenRoute = Wire<typeof routeSchema>;

export function writeRoute(route: Route) {
  return writeModel(routeSchema, route);
}

export function stay({ index }: Served): Route {
  return { index, sentBy: NOBODY };
}

/** To the function that mounts a file system; to the first one for a file system that none does, which will say so. */
export function routeTo(fileSystemId: string, { fileSystemIds }: Served): Route {
  return { index: Math.max(0, fileSystemIds.indexOf(fileSystemId)), sentBy: NOBODY };
}

/**
 * Where to go on with what has failed here.
 *
 * @param route that led here
 * @returns undefined when another function would not do better
 * @throws FileSystemNotMounted for a transfer between two file systems, which no function has both of
 */
export function routeOn(error: unknown, served: Served, route: Route): Route | undefined {
  if (!(error instanceof FileSystemNotMounted) || error.fileSystemId === undefined) return undefined;
  const index = served.fileSystemIds.indexOf(error.fileSystemId);
  if (index === -1 || index === served.index) return undefined;
  if (index === route.sentBy)
    throw new FileSystemNotMounted(
      `${served.fileSystemIds[served.index]} and ${error.fileSystemId} are two file systems, and each function has one of them. Copy to S3 first, and from there`,
    );
  return { index, sentBy: served.index };
}

/**
 * Does something here, or answers where to.
 *
 * @throws what it throws, where another function would not do better
 */
export async function orElsewhere<T>(
  here: () => Promise<T>,
  elsewhere: (route: Route) => T,
  { served, route: given }: { readonly served: Served; readonly route: Route },
): Promise<T> {
  try {
    return await here();
  } catch (error) {
    const route = routeOn(error, served, given);
    if (route === undefined) throw error;
    return elsewhere(route);
  }
}

/** To the next function in turn, until each was called once. */
export function routeAround(served: Served, route: Route): Route | undefined {
  const begin = route.sentBy === NOBODY ? served.index : route.sentBy;
  const index = (served.index + 1) % Math.max(1, served.fileSystemIds.length);
  return index === begin ? undefined : { index, sentBy: begin };
}

/** Whether a location is on a file system that another function has. A path of a function is of the first one. */
export function isElsewhere(text: string, { fileSystemIds, index }: Served): boolean {
  const location = parseLocation(text);
  if (location.kind === 'path') return index !== 0;
  if (location.kind === 's3') return false;
  const place = fileSystemIds.indexOf(location.fileSystemId);
  return place !== -1 && place !== index;
}
