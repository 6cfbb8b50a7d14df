/** Reads and writes locations as texts, and compares the places of two locations. */
import { UnsafePath } from '../errors';
import { SCHEMES } from './schemes';
import type { Location } from './schemes/scheme';

export type { Location };

const FORMS = SCHEMES.flatMap(({ forms }) => forms);
const RULES = SCHEMES.flatMap(({ rule }) => rule ?? []);

/** The texts that {@link parseLocation} reads, in the words of an error message. */
export const LOCATION_FORMS = `${FORMS.slice(0, -1).join(', ')} or ${FORMS.at(-1)}`;

/**
 * Reads one of {@link LOCATION_FORMS}. A slash at the end stays: it means a folder.
 *
 * @throws UnsafePath for every other text
 */
export function parseLocation(text: string): Location {
  const location = tryParseLocation(text);
  if (location === undefined)
    throw new UnsafePath([`"${text}" is not a location. Give ${LOCATION_FORMS}`, ...RULES].join('; '));
  return location;
}

/** Reads a text as {@link parseLocation} does. Returns undefined for every other text. */
export function tryParseLocation(text: string): Location | undefined {
  if (text.includes('\0')) return undefined;
  for (const scheme of SCHEMES) {
    const location = scheme.parse(text);
    if (location !== undefined)
      return formatLocation(location) === text ? location : { ...location, given: text };
  }
  return undefined;
}

export function isLocation(text: string): boolean {
  return tryParseLocation(text) !== undefined;
}

/** Returns whether a text begins like a URI of one of the schemes. Such a text is not a relative path. */
export function isUri(text: string): boolean {
  return SCHEMES.some(({ uriPrefix }) => uriPrefix.test(text));
}

/** Returns the one text of a location that does not depend on its spelling. {@link parseLocation} reads it back. */
export function formatLocation(location: Location): string {
  return location.scheme.format(location);
}

/** Returns the text from which the location was parsed; for every other location the text of {@link formatLocation}. */
export function textOf(location: Location): string {
  return location.given ?? formatLocation(location);
}

/** Returns a location in the same store, with another key or path. */
export function withPath({ scheme, authority }: Location, path: string): Location {
  return { scheme, authority, path };
}

/** Returns the location of a key below a folder, with one slash between; the folder itself for `''`. */
export function joinLocation(location: Location, relativeKey: string): Location {
  return relativeKey === '' ? location : withPath(location, folderPathOf(location) + relativeKey);
}

/** Returns a text that begins with the text of each folder around the location. It ends with a slash. */
export function placeOf(location: Location): string {
  const { scheme, authority } = location;
  return `${[scheme.name, authority, ...namesOf(location)].join('/')}/`;
}

/** Returns a text without the slashes at its end. (A regular expression needs quadratic time for `///a`.) */
export function withoutFinalSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}

/** Returns whether the location is marked as a folder: its path ends with a slash, or it is a whole bucket. */
export function isFolderLike({ path }: Location): boolean {
  return path === '' || path.endsWith('/');
}

/** Returns the same location with a slash at its end. */
export function asFolder(location: Location): Location {
  return withPath(location, folderPathOf(location));
}

/** Returns the last name of a location: `c` of `/a/b/c` and of `s3://bucket/a/b/c/`. */
export function nameOf(location: Location): string {
  return namesOf(location).at(-1) ?? '';
}

/** Returns whether `inner` is `outer` or lies below it. Only whole names count: `foo` does not contain `foo-bar`. */
export function contains(outer: Location, inner: Location): boolean {
  return relativeTo(outer, inner) !== undefined;
}

/**
 * Returns the key of `inner` below `outer`; `''` for the same place, undefined for a place outside of `outer`. A slash
 * at the end of `inner` stays.
 */
export function relativeTo(outer: Location, inner: Location): string | undefined {
  if (outer.scheme !== inner.scheme || outer.authority !== inner.authority) return undefined;
  const above = namesOf(outer);
  const below = namesOf(inner);
  if (above.some((name, index) => below[index] !== name)) return undefined;
  const rest = below.slice(above.length).join('/');
  return rest !== '' && isFolderLike(inner) ? `${rest}/` : rest;
}

function folderPathOf(location: Location): string {
  return isFolderLike(location) ? location.path : `${location.path}/`;
}

/** Empty names and `.` are names in an object store. On a file system `/a//./b` is `/a/b`. */
function namesOf({ scheme, path }: Location): readonly string[] {
  if (scheme.isFileSystem) return path.split('/').filter((name) => name !== '' && name !== '.');
  const key = path.endsWith('/') ? path.slice(0, -1) : path;
  return key === '' ? [] : key.split('/');
}
