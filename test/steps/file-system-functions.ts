/** The functions of two file systems. Each function mounts one of them. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileLeases } from '../../src/adapters/files/file-leases';
import { fileReaders } from '../../src/adapters/files/file-readers';
import { FileTrees } from '../../src/adapters/files/file-trees';
import { mountedStores } from '../../src/adapters/stores';
import type { WrittenRoute } from '../../src/efs/function-routing';
import { UNRESTRICTED } from '../../src/rules/model';
import type { Location } from '../../src/transfer/location';
import { S3 } from '../../src/transfer/schemes/s3';
import { folderStores, harvest, useFolder } from '../transfer/folders';

export const FILE_SYSTEM_IDS = ['fs-a', 'fs-b'];
/** The route of the first call of a machine. */
export const FIRST_ROUTE: WrittenRoute = { index: 0, sent_by: -1 };

export function useTwoFunctions() {
  const folder = useFolder();
  return {
    folder,
    /** Returns the files of a file system. */
    filesOf: (id: string) => harvest(join(folder.path, id)),

    /** Returns the world of the function that mounts the file system of this index. */
    worldAt(index: number) {
      const fileSystemId = FILE_SYSTEM_IDS[index]!;
      const path = join(folder.path, fileSystemId);
      const mounts = [{ path, fileSystemId, root: '/' }];
      mkdirSync(path, { recursive: true });
      const [s3, files] = [folderStores(folder.path), mountedStores(mounts)];
      return {
        stores: {
          open: (location: Location) => (location.scheme === S3 ? s3 : files).open(location),
        },
        signal: new AbortController().signal,
        settings: {
          rules: UNRESTRICTED,
          mounts,
          routing: { fileSystemIds: FILE_SYSTEM_IDS, index },
          inlineLimits: { maxBytes: 1e9, maxFiles: 1e6 },
          defaultPayloadPath: 's3://plans/x',
        },
        time: { remainingMs: () => 900_000 },
        report: () => undefined,
        readers: fileReaders(mounts),
        use: { leases: fileLeases({ mounts }), readers: fileReaders(mounts) },
        trees: new FileTrees(),
        readJson: async () => undefined,
        writeJson: async () => undefined,
      };
    },
  };
}
