/** Where data lie, and what the scheme of such a location says about it. */

/** An object, a file, or a folder (its path ends with a slash) in one store. */
export interface Location {
  readonly scheme: Scheme;
  /** The bucket, or the id of the file system; empty where the scheme has one store only. */
  readonly authority: string;
  /** The key in the bucket, or the path in the file system. */
  readonly path: string;
  /** The text that was parsed, where the scheme writes the same location otherwise. */
  readonly given?: string;
}

/** All that the core knows of a kind of location. Its store is opened at the edge, by its name. */
export interface Scheme {
  readonly name: string;
  /** The texts that it reads, in the words of an error message. */
  readonly forms: readonly string[];
  /** A rule about these texts, for the same message. */
  readonly rule?: string;
  /** Matches the beginning of a URI of this scheme, whether or not the rest is well-formed. */
  readonly uriPrefix: RegExp;
  /** Returns undefined for a text of another scheme, or of none. */
  parse(text: string): Location | undefined;
  format(location: Location): string;

  /**
   * The path is one of a file system that is mounted here, or elsewhere: empty names and `.` mean nothing, `..` is
   * refused, a name is a file or a folder. Writers can hold leases there, executions are recorded as readers,
   * verified contents are on record, and data paths can be removed.
   */
  readonly isFileSystem: boolean;
  /** The path of a folder ends with a slash in plans. */
  readonly foldersEndWithSlash: boolean;
  /** Parts of a file that is never finished are billed until somebody removes them. */
  readonly partsAreBilled: boolean;
  /** Bytes of the longest path; no limit where absent. */
  readonly maxPathBytes?: number;
  /**
   * How the original names a location in its answers: by its key, by the path as Python's `Path` has it, or by the
   * text that it was given.
   */
  readonly namedBy: 'key' | 'python path' | 'text';
}
