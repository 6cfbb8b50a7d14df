/** Paths as Python's `Path` has them. */

/** No empty and no dot names, no slash at the end; `.` for nothing. */
export function pythonPath(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return (path.startsWith('/') ? '/' : '') + names.join('/') || '.';
}
