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
  // Beside it there may be what it loads later.
  const file = readdirSync(folder, { recursive: true }).find((name) => basename(name) === 'handler.js');
  const path = join(folder, file);
  return { name: basename(zip, '.zip'), path, bytes: statSync(path).size, zipped: statSync(zip).size };
}
