/** Stores objects of S3 in folders: `s3://bucket/key` is `<root>/s3/bucket/key`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '../../src/adapters/files/file-store';
import { mountedStores } from '../../src/adapters/stores';
import { UnsafePath } from '../../src/errors';
import { formatLocation, type Location } from '../../src/transfer/location';
import { byScheme } from '../../src/transfer/schemes';
import { EFS, LOCAL } from '../../src/transfer/schemes/file-systems';
import { requireS3Object, S3 } from '../../src/transfer/schemes/s3';
import type { Stores } from '../../src/transfer/store';
import type { LocalRoot } from './root';

/**
 * Returns stores for S3 and EFS in folders of the root, and for plain paths of the machine (`file://` remotes). The
 * machine is the user's own. The files need not survive a power cut, so no write waits for the disk.
 */
export function localStores(root: Pick<LocalRoot, 's3' | 'volumes'>): Stores {
  const s3 = new FileStore({ toPath: (location) => s3Path(root.s3, location), durable: false });
  const paths = new FileStore({ durable: false });
  const mounted = mountedStores(root.volumes);
  const chosen = byScheme<Stores>([
    [S3, { open: () => s3 }],
    [EFS, mounted],
    [LOCAL, { open: () => paths }],
  ]);
  return { open: (location) => chosen(location).open(location) };
}

/**
 * Returns the stores as they are after a copy of the seed, without the copy. They check a demand before a run makes
 * anything.
 */
export function seededStores(root: LocalRoot, seed: string | undefined): Stores {
  const stores = localStores(root);
  if (seed === undefined) return stores;
  const seeded = localStores({ s3: seed, volumes: root.volumes });
  return {
    open: (location) =>
      location.scheme === S3 && existsSync(s3Path(seed, location))
        ? seeded.open(location)
        : stores.open(location),
  };
}

/** Says where the stores have looked for a missing object; undefined for a location that is not in S3. */
export function remedyForMissing(
  root: Pick<LocalRoot, 's3'>,
  seed: string | undefined,
  location: Location,
): string | undefined {
  if (location.scheme !== S3) return undefined;
  const looked = [...(seed === undefined ? [] : [seed]), root.s3].map((folder) => s3Path(folder, location));
  const bring = seed === undefined ? ', or give a folder of buckets with --seed' : '';
  return `On this machine it is ${looked.join(' or ')}: put a file there, or a folder with a file${bring}`;
}

function s3Path(folder: string, location: Location): string {
  const { bucket, key } = requireS3Object(location);
  const names = key.split('/');
  // S3 accepts any key. A path has no empty name, and `..` would leave the folder.
  const isStorable = names.every(
    (name, index) => name !== '.' && name !== '..' && (name !== '' || index === names.length - 1),
  );
  if (!isStorable)
    throw new UnsafePath(
      `${formatLocation(location)} cannot be stored below ${folder}: its key has an empty name, "." or ".."`,
    );
  return `${join(folder, bucket)}/${key}`;
}
