/** Locations of data, and their schemes. */

/** An object, a file or a folder in a store. The path of a folder may end with a slash. */
export interface Location {
  readonly scheme: Scheme;
  /** The bucket, or the id of the file system. It is empty for a path of this machine. */
  readonly authority: string;
  /** The key in the bucket, or the path in the file system. */
  readonly path: string;
  /** The text that was parsed, when {@link Scheme.format} returns another text. */
  readonly given?: string;
}

/** The core knows the locations of a scheme by these properties. Their store is opened outside of the core. */
export interface Scheme {
  readonly name: string;
  /** The forms of its texts, for an error message. */
  readonly forms: readonly string[];
  /** A rule about its texts, for the same message. */
  readonly rule?: string;
  /** Matches the beginning of a URI of this scheme. The rest of the URI may be wrong. */
  readonly uriPrefix: RegExp;
  /** Returns undefined for a text that is no location of this scheme. */
  parse(text: string): Location | undefined;
  format(location: Location): string;

  /**
   * The path is a path of a file system: empty names and `.` have no meaning, `..` is refused, and a name is a file or
   * a folder. A file system keeps leases of writers, records of readers and records of verified contents. Its data
   * paths can be removed.
   */
  readonly isFileSystem: boolean;
  /** The path of a folder ends with a slash in plans. */
  readonly foldersEndWithSlash: boolean;
  /** The parts of an unfinished file cost money until they are removed. */
  readonly partsAreBilled: boolean;
  /** Bytes of the longest path. There is no limit by default. */
  readonly maxPathBytes?: number;
  /**
   * The name of a location in the original's answers: its key, its path as Python's `Path` writes it, or the text of
   * the request.
   */
  readonly namedBy: 'key' | 'python path' | 'text';
}
