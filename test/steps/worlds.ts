/** The world of the steps, in memory: one file system with an access point for each role, and one file at each location. */
import { Readable } from 'node:stream';
import type { RegisteredJobDefinition } from '../../src/batch/model';
import { DEFAULT_JOB_SETTINGS } from '../../src/batch/retries/settings';
import { SINGLE_FUNCTION } from '../../src/efs/function-routing';
import { type FileSystemDirectory, VOLUME_ROLES } from '../../src/efs/model';
import type { StageAccessPoint } from '../../src/efs/stage-access-points';
import { UNRESTRICTED } from '../../src/rules/model';
import type { DataSyncTasks } from '../../src/transfer/datasync/model';
import type { DataSyncSettings } from '../../src/transfer/datasync/settings';
import type { Location } from '../../src/transfer/location';
import type { MountPoint } from '../../src/transfer/mounts';
import type { Store } from '../../src/transfer/store';
import { LeaseServer, leaseWorld } from '../transfer/lease/lease-server';

const tags = { env_base: 'dev' };
const FILE = { key: 'a.txt', size: 1, version: '1' };

const ACCESS_POINTS: readonly StageAccessPoint[] = VOLUME_ROLES.map((role, index) => ({
  role,
  accessPointId: `fsap-${index}`,
  fileSystemId: 'fs-1',
  fileSystemName: 'main',
  name: role,
  path: `/${role}`,
}));

export const STAGE = {
  envBase: 'dev',
  region: 'us-west-2',
  allowFileRemotes: false,
  accessPoints: ACCESS_POINTS,
  rules: UNRESTRICTED,
} as const;
const MOUNTS: readonly MountPoint[] = [{ path: '/mnt/scratch', fileSystemId: 'fs-1', root: '/scratch' }];

export const DIRECTORY: FileSystemDirectory = {
  fileSystems: async () => [{ fileSystemId: 'fs-1', name: 'main', tags }],
  accessPoints: async () => ACCESS_POINTS.map((each) => ({ ...each, tags })),
};

/** Has the same file at every location. Writes and removals change nothing. */
const STORE: Store = {
  stat: async () => undefined,
  exists: async () => true,
  async *list() {
    yield FILE;
  },
  read: () => Readable.from([Buffer.from('x')]),
  write: async (_location, content, size) => {
    let came = 0;
    for await (const chunk of content) came += chunk.length;
    expect(came).toBe(size);
  },
  remove: async () => undefined,
};

/** A definition of another demand, for every name. */
const REGISTERED: readonly RegisteredJobDefinition[] = [
  {
    arn: 'old',
    definition: {
      jobDefinitionName: 'other',
      type: 'container',
      parameters: {},
      containerProperties: {
        image: 'other',
        command: [],
        environment: [],
        mountPoints: [],
        volumes: [],
        resourceRequirements: [],
        privileged: false,
        ulimits: [],
        secrets: [],
      },
      retryStrategy: { attempts: 1 },
      tags: {},
      propagateTags: false,
    },
  },
];

const DATA_SYNC: DataSyncSettings = {
  envBase: 'dev',
  region: 'us-west-2',
  accountId: '111122223333',
  bucketAccessRoleArn: 'arn:aws:iam::111122223333:role/buckets',
  fileSystem: { accessRoleArn: 'role', subnetArn: 'subnet', securityGroupArns: ['group'] },
  fromBytes: 1_000_000,
  fromFiles: 1_000_000,
};

const EXECUTION = {
  status: 'SUCCESS',
  bytes: 1,
  transferred: 1,
  verified: 1,
  skipped: 0,
  failed: 0,
} as const;

/** Every task has begun and ended. */
const TASKS: DataSyncTasks = {
  resume: async () => undefined,
  start: async () => ({ status: 'RUNNING', executionArn: 'execution' }),
  describe: async () => EXECUTION,
  remove: async () => true,
};

const SETTINGS = {
  ...STAGE,
  mounts: MOUNTS,
  routing: SINGLE_FUNCTION,
  revisionsKept: 3,
  jobs: DEFAULT_JOB_SETTINGS,
  inlineLimits: { maxBytes: 1_000, maxFiles: 10 },
  defaultPayloadPath: 's3://plans/one',
  dataSync: DATA_SYNC,
  manifestFolder: 's3://plans/manifests',
  scratchBucket: 'scratch',
};

/** The dependencies and the settings of every step. */
export function stepWorld(settings: Partial<typeof SETTINGS> = {}) {
  const made = new Map<string, string | undefined>();
  const leases = leaseWorld(new LeaseServer());
  const readers = { add: async () => undefined, around: async () => [], drop: async () => undefined };
  return {
    settings: { ...SETTINGS, ...settings },
    fileSystems: DIRECTORY,
    findMounts: async () => MOUNTS,
    stores: { open: () => STORE },
    signal: new AbortController().signal,
    made,
    files: {
      makeDirectory: async (path: string) => void made.set(path, undefined),
      claimDirectory: async (path: string) => {
        made.set(path, undefined);
        return true;
      },
      removeDirectory: async (path: string) => void made.delete(path),
      writeFile: async ({ path, content }: { path: string; content: string }) => void made.set(path, content),
    },
    takingOver: {
      kept: { list: async () => [], note: async () => undefined },
      directories: { inspect: async () => ({}), giveTo: async () => undefined },
    },
    jobDefinitions: {
      active: async () => REGISTERED,
      register: async () => 'new',
      deregister: async () => undefined,
    },
    jobQueues: { isEnabled: async () => true },
    repositories: { uriOf: async () => undefined },
    uniqueId: () => 'unique',
    trees: { removeTree: async () => ({ bytes: 1, failures: [] }), removeAside: async () => undefined },
    time: { remainingMs: () => 900_000 },
    report: () => undefined,
    openTasks: () => TASKS,
    writeText: async (_location: Location, content: AsyncIterable<string>) => {
      for await (const text of content) expect(text).not.toBe('');
    },
    leases,
    readers,
    use: { leases, readers },
    readJson: async () => [],
    writeJson: async () => undefined,
    paths: {
      async *list() {
        yield { key: 'a/b', size: 1, modified: 1 };
      },
    },
    isTransient: (error: unknown) => Object(error).name === 'SlowDown',
    clock: { now: () => 1_900_000_000_000, wait: async () => undefined },
    requestId: 'request',
  };
}
