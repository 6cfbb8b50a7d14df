/** Whole transfers with one failing request. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { awsStores } from '../../../src/adapters/stores';
import { readDataSyncRequest } from '../../../src/transfer/request';
import { syncData } from '../../../src/transfer/sync';
import { MOTO, S3_SERVERS } from '../../api/endpoint';
import { harvest, plant, type Tree, useFolder, worldOf } from '../../transfer/folders';
import { type Asked, endAfter, type Fault, refuse, useFaultProxy } from './fault-proxy';
import { isGet, isList, isPut } from './fault-world';
import { clientOf, useBucket } from './s3-world';

/** A complete page that claims to be truncated, and is correct otherwise. */
const cutShort: Fault = async (ask, response) => {
  const { status, headers, body } = await ask();
  const { 'content-length': _, ...rest } = headers;
  const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>more</NextContinuationToken>';
  response.writeHead(status, rest).end(String(body).replace('<IsTruncated>false</IsTruncated>', more));
};

describe.each(S3_SERVERS)('over $name', (server) => {
  const folder = useFolder();
  const bucket = useBucket(server);
  const proxy = useFaultProxy(server.endpoint);
  const SOURCE: Tree = { 'a/1': '1', 'a/2': '2', b: '3' };
  const sync = (fields: Record<string, unknown>) => {
    const mounts = [{ path: join(folder.path, 'efs'), fileSystemId: 'fs-1', root: '/' }];
    const stores = awsStores(clientOf(proxy.endpoint, 1), mounts);
    return syncData(
      readDataSyncRequest({ max_concurrency: 1, ...fields }),
      undefined,
      worldOf(stores, { settings: { mounts } }),
    );
  };
  const down = (fields = {}) =>
    sync({ source_path: `s3://${bucket.name}/in/`, destination_path: 'fs-1:/out', ...fields });
  const up = (fields = {}) =>
    sync({ source_path: 'fs-1:/in', destination_path: `s3://${bucket.name}/out/`, ...fields });
  const out = () => harvest(join(folder.path, 'efs/out'));
  /** @param prefix the prefix in the query */
  const isListOf = (prefix: string) => (asked: Asked) =>
    isList(asked) && asked.url.includes(`prefix=${encodeURIComponent(prefix)}`);

  beforeAll(async () => {
    for (const [key, content] of Object.entries(SOURCE)) await bucket.put(`in/${key}`, Buffer.from(content));
  });
  beforeEach(async () => {
    mkdirSync(join(folder.path, 'efs'));
    await bucket.put('out/stale', Buffer.from('old'));
  });

  describe('a mirror removes nothing when a page of a listing', () => {
    const failures: readonly [string, Fault][] = [
      ['fails', refuse(500, 'InternalError')],
      ['is refused', refuse(403, 'AccessDenied')],
      ['ends in the middle', endAfter(300)],
    ];

    test.each(failures)('of the source %s', async (_, failure) => {
      plant(folder.path, { 'efs/out/stale': 'old' });
      let pages = 0;
      proxy.fault = (asked) => (isListOf('in/')(asked) ? (pages++ === 0 ? cutShort : failure) : undefined);
      await expect(down()).rejects.toThrow();
      expect(pages).toBeGreaterThan(1);
      expect(out()).toEqual({ stale: 'old' });
    });

    test.each(failures)('of the destination %s', async (_, failure) => {
      plant(join(folder.path, 'efs/in'), SOURCE);
      let pages = 0;
      proxy.fault = (asked) => (isListOf('out/')(asked) ? (pages++ === 0 ? cutShort : failure) : undefined);
      await expect(up()).rejects.toThrow();
      expect(pages).toBeGreaterThan(1);
      expect((await bucket.get('out/stale'))?.toString()).toBe('old');
    });
  });

  describe('files that are refused', () => {
    const ARCHIVED = refuse(403, 'InvalidObjectState');
    const isOf = ({ url }: Asked, keys: readonly string[]) => keys.some((key) => url.includes(key));

    test('because of Glacier are all named, the others are copied, and nothing is removed', async () => {
      plant(folder.path, { 'efs/out/stale': 'old' });
      proxy.fault = (asked) => (isGet(asked) && isOf(asked, ['in/a/1', 'in/b']) ? ARCHIVED : undefined);
      const failed = down({ retain_source_data: false }).catch((error) => error);
      expect(await failed).toMatchObject({
        name: 'InvalidObjectState',
        message: expect.stringMatching(/2 files.*in\/a\/1 to .*in\/b to /),
      });
      expect(out()).toEqual({ 'a/2': '2', stale: 'old' });
      for (const key of Object.keys(SOURCE)) expect(await bucket.get(`in/${key}`)).toBeDefined();
    });

    test('during an upload are all named', async () => {
      plant(join(folder.path, 'efs/in'), SOURCE);
      const denied = refuse(403, 'AccessDenied');
      proxy.fault = (asked) => (isPut(asked) && isOf(asked, ['out/a/2', 'out/b']) ? denied : undefined);
      const failed = await up({ retain_source_data: false }).catch((error) => error);
      expect(failed).toMatchObject({
        name: 'AccessDenied',
        message: expect.stringMatching(/out\/a\/2.*out\/b/),
      });
      expect((await bucket.get('out/stale'))?.toString()).toBe('old');
      expect(harvest(join(folder.path, 'efs/in'))).toEqual(SOURCE);
    });

    test('a single error keeps its message', async () => {
      proxy.fault = (asked) => (isGet(asked) && isOf(asked, ['in/b']) ? ARCHIVED : undefined);
      const failed = await down().catch((error) => error);
      expect(failed.message).toBe(`told to (copying s3://${bucket.name}/in/b to fs-1:/out/b)`);
    });
  });
});

describe('without the right to read', () => {
  const folder = useFolder();
  const bucket = useBucket(MOTO);
  const proxy = useFaultProxy(MOTO.endpoint);

  test('a transfer fails after some files, not after all', async () => {
    for (let index = 0; index < 40; index++) await bucket.put(`in/${index}`, Buffer.from('x'));
    proxy.fault = (asked) => (isGet(asked) ? refuse(403, 'AccessDenied') : undefined);
    const stores = awsStores(clientOf(proxy.endpoint, 1), [], [folder.path]);
    const request = {
      source_path: `s3://${bucket.name}/in/`,
      destination_path: folder.path,
      max_concurrency: 1,
    };
    const failed = syncData(readDataSyncRequest(request), undefined, worldOf(stores));
    await expect(failed).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(proxy.asked.filter(isGet)).toHaveLength(20);
  });
});
