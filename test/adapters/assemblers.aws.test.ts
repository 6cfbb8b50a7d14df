import { join } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { FileStore } from '../../src/adapters/files/file-store';
import { S3Store } from '../../src/adapters/s3/s3-store';
import type { Location } from '../../src/transfer/location';
import { localLocation } from '../../src/transfer/schemes/file-systems';
import { s3Location } from '../../src/transfer/schemes/s3';
import type { Store } from '../../src/transfer/store';
import { endpoint } from '../api/endpoint';
import { describeAssembler } from '../transfer/assembler-contract';
import { useFolder } from '../transfer/folders';
import { type Asked, type Fault, refuse, useFaultProxy } from './s3/fault-proxy';
import { clientOf, useBucket } from './s3/s3-world';

const folder = useFolder();
const bucket = useBucket();
const proxy = useFaultProxy(endpoint);
let round = 0;

interface Side {
  readonly store: Store;
  readonly at: (name: string) => Location;
}

function files(): Side {
  const here = folder.path;
  return { store: new FileStore({ root: here }), at: (name) => localLocation(join(here, name)) };
}

function storeAt(url: string): S3Store {
  return new S3Store(clientOf(url), { copyPartBytes: 8 * 1024 ** 2 });
}

/** S3 refuses to copy from another version than the named one. moto copies, so the proxy checks the version. */
function checkSource({ headers }: Asked): Fault | undefined {
  const version = headers['x-amz-copy-source-if-match'];
  if (version === undefined) return undefined;
  const key = decodeURIComponent(String(headers['x-amz-copy-source'])).slice(bucket.name.length + 1);
  return async (ask, response) => {
    const { ETag } = await clientOf(endpoint()).send(
      new HeadObjectCommand({ Bucket: bucket.name, Key: key }),
    );
    if (ETag !== version) return refuse(412, 'PreconditionFailed')(ask, response);
    const { status, headers: answered, body } = await ask();
    response.writeHead(status, answered).end(body);
  };
}

function objects(store: Store = storeAt(endpoint())): Side {
  const prefix = `assembled/${round++}`;
  return { store, at: (name) => s3Location(bucket.name, `${prefix}/${name}`) };
}

const pairs: [string, () => readonly [Side, Side]][] = [
  ['files from files', () => [files(), files()]],
  ['files from S3', () => [objects(), files()]],
  ['S3 from files', () => [files(), objects()]],
  [
    'S3 from S3',
    () => {
      proxy.fault = checkSource;
      const { store, ...side } = objects(storeAt(proxy.endpoint));
      return [{ store, ...side }, objects(store)];
    },
  ],
];

for (const [name, open] of pairs)
  describeAssembler(name, async () => {
    const [source, target] = open();
    return {
      source: source.store,
      target: target.store,
      from: source.at('in/large'),
      to: target.at('out/large'),
      mayOverlap: target.store instanceof FileStore,
    };
  });
