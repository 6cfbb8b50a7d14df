/** Reads and writes JSON documents in a store, for values that are too large for a state. */
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { DataSourceMissing } from '../errors';
import { parseLocation } from '../transfer/location';
import type { Stores } from '../transfer/store';

export function jsonObjects(stores: Stores, signal: AbortSignal) {
  return {
    /** @throws DataSourceMissing */
    async readJson(uri: string): Promise<unknown> {
      const location = parseLocation(uri);
      const store = stores.open(location);
      const file = await store.stat(location);
      if (file === undefined)
        throw new DataSourceMissing(`The document ${uri} does not exist. Check the URI`);
      return json(store.read(location, file, signal));
    },

    async writeJson(uri: string, document: unknown): Promise<void> {
      const location = parseLocation(uri);
      const content = Buffer.from(JSON.stringify(document));
      await stores.open(location).write(location, Readable.from([content]), content.length, signal);
    },
  };
}
