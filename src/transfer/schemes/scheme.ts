/** Locations of data, and their schemes. */

/** An object, a file or a folder in a store. The path of a folder may end with a slash. */
export interface Location {
  readonly scheme: Scheme;
  /** The bucket, or the id of the file system; empty for a scheme with a single store. */
  readonly authority: string;
  /** The key in the bucket, or the path in the file system. */
  readonly path: string;
  /** The text that was parsed, if {@link Scheme.format} writes another text for the same location. */
  readonly given?: string;
}

/** The properties of a kind of locations. `src/adapters/stores.ts` opens the stores. */
export interface Scheme {
  readonly name: string;
  /** The forms of its texts, as an error message names them. */
  readonly forms: readonly string[];
  /** A rule about its texts, for the same message. */
  readonly rule?: string;
  /** Matches the beginning of a URI of this scheme, also of a malformed URI. */
  readonly uriPrefix: RegExp;
  /** Returns the location of a text; undefined for a text of another scheme and for a malformed text. */
  parse(text: string): Location | undefined;
  format(location: Location): string;

  /**
   * The path is a path of a file system, mounted here or elsewhere. Empty names and `.` have no meaning, `..` is
   * refused, and a name is either a file or a folder. Such a store has leases of writers, records of readers, records
   * of verified contents, and removal of data paths.
   */
  readonly isFileSystem: boolean;
  /** In plans the path of a folder ends with a slash. */
  readonly foldersEndWithSlash: boolean;
  /** The store bills the parts of an unfinished file until a request removes them. */
  readonly partsAreBilled: boolean;
  /** Bytes of the longest path. Absent means no limit. */
  readonly maxPathBytes?: number;
  /**
   * The name of a location in the original's answers: its key, its path as Python's `Path` writes it, or the text of
   * the request.
   */
  readonly namedBy: 'key' | 'python path' | 'text';
}
