/** The bundles of a package: their size, zipped and not. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Unpacks each into `target`. */
export function unpackBundles(packaged, target) {
  return readdirSync(packaged)
    .filter((name) => name.endsWith('.zip'))
    .map((name) => unpack(join(packaged, name), join(target, basename(name, '.zip'))));
}

function unpack(zip, folder) {
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, folder]);
  const file = readdirSync(folder, { recursive: true, withFileTypes: true }).find((entry) => entry.isFile());
  const path = join(file.parentPath, file.name);
  return { name: basename(zip, '.zip'), path, bytes: statSync(path).size, zipped: statSync(zip).size };
}
