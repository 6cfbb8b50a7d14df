/** An example of a new scheme (`memory://name/key`). */
import type { Scheme } from '../../../src/transfer/schemes/scheme';

const URI = /^memory:\/\/([a-z]+)\/(.*)$/s;

export const MEMORY: Scheme = {
  name: 'memory',
  forms: ['memory://name/key'],
  rule: 'a name has a-z',
  uriPrefix: /^memory:/,
  parse(text) {
    const [, authority, path] = URI.exec(text) ?? [];
    return authority === undefined || path === undefined ? undefined : { scheme: MEMORY, authority, path };
  },
  format: ({ authority, path }) => `memory://${authority}/${path}`,
  isFileSystem: false,
  foldersEndWithSlash: true,
  partsAreBilled: false,
  namedBy: 'text',
};
