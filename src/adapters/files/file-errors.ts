/** Explains the error codes of the operating system. */
import { UnsafePath } from '../../errors';

const MISSING = new Set(['ENOENT', 'ENOTDIR']);

const UNSAFE: Readonly<Record<string, string>> = {
  EACCES: 'is not accessible to this user',
  EPERM: 'is not accessible to this user',
  EISDIR: 'is a folder instead of a file',
  ENOTDIR: 'has a file in the place of a folder',
  EEXIST: 'has a file in the place of a folder',
  ELOOP: 'is or contains a symbolic link',
  ENAMETOOLONG: 'has a name that is too long',
};

export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** Returns whether the error says that the path does not exist. */
export function isMissing(error: unknown): boolean {
  return MISSING.has(codeOf(error));
}

/** Returns the mistake of a path, or undefined when the path is not the cause of the error. */
export function explainPathError(error: unknown): string | undefined {
  return UNSAFE[codeOf(error)];
}

/** Returns UnsafePath when the path is the cause of an error, otherwise the error itself. */
export function toPathError(error: unknown, path: string): unknown {
  const reason = explainPathError(error);
  if (reason === undefined) return error;
  return new UnsafePath(`${path} ${reason}. Correct the path, then run this again`, { cause: error });
}

/** Returns the value of the operation, or undefined when the path does not exist. */
export async function unlessMissing<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
