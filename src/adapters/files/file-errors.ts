/** What the operating system's error codes mean for us. */
import { UnsafePath } from '../../errors';

const MISSING = new Set(['ENOENT', 'ENOTDIR']);

const UNSAFE: Readonly<Record<string, string>> = {
  EACCES: 'may not be accessed by this user',
  EPERM: 'may not be accessed by this user',
  EISDIR: 'is a folder where a file is to be',
  ENOTDIR: 'goes through a file as if it were a folder',
  EEXIST: 'goes through a file as if it were a folder',
  ELOOP: 'is or goes through a symbolic link',
  ENAMETOOLONG: 'has a name that is too long',
};

export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** Nothing is at that path. */
export function isMissing(error: unknown): boolean {
  return MISSING.has(codeOf(error));
}

/** What is wrong with a path, if it is the path that is wrong. */
export function explainPathError(error: unknown): string | undefined {
  return UNSAFE[codeOf(error)];
}

/** An UnsafePath when it is the path that is wrong, else the error as it came. */
export function toPathError(error: unknown, path: string): unknown {
  const reason = explainPathError(error);
  if (reason === undefined) return error;
  return new UnsafePath(`${path} ${reason}. Move or mend it, then run this again`, { cause: error });
}

/** The value, or undefined when nothing is at the path. */
export async function unlessMissing<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
