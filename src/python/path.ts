/**
 * Paths as Python's `Path` writes them.
 *
 * Source: https://docs.python.org/3/library/pathlib.html#pure-paths
 */

/**
 * Returns the path without empty names, `.` names and the slash at the end. An empty path becomes `.`. Two slashes at the
 * start become one; Python keeps them.
 */
export function pythonPath(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return (path.startsWith('/') ? '/' : '') + names.join('/') || '.';
}
