/** Unpacks the bundles of a package and measures their sizes, zipped and unzipped. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Unpacks each bundle into a folder of `target`. Returns name, path and sizes of each `handler.js`. */
export function unpackBundles(packaged, target) {
  return readdirSync(packaged)
    .filter((name) => name.endsWith('.zip'))
    .map((name) => unpack(join(packaged, name), join(target, basename(name, '.zip'))));
}

function unpack(zip, folder) {
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, folder]);
  // A bundle may have further files, which it loads on demand.
  const file = readdirSync(folder, { recursive: true }).find((name) => basename(name) === 'handler.js');
  const path = join(folder, file);
  return { name: basename(zip, '.zip'), path, bytes: statSync(path).size, zipped: statSync(zip).size };
}
