/** An EFS API with canned answers. It counts calls and round trips. */
import { once } from 'node:events';
import { createServer } from 'node:http';

const FILE_SYSTEM = 'fs-0123456789abcdef0';

const tagsOf = (name) => [
  { Key: 'Name', Value: name },
  { Key: 'env_base', Value: 'dev-demand' },
];

const accessPoints = ['root', 'shared', 'scratch', 'tmp'].map((name, index) => ({
  AccessPointId: `fsap-0123456789abcde0${index}`,
  AccessPointArn: `arn:aws:elasticfilesystem:us-west-2:123456789012:access-point/fsap-0123456789abcde0${index}`,
  FileSystemId: FILE_SYSTEM,
  Name: name,
  LifeCycleState: 'available',
  RootDirectory: { Path: name === 'root' ? '/' : `/${name}` },
  Tags: tagsOf(name),
}));

const fileSystems = [
  {
    FileSystemId: FILE_SYSTEM,
    FileSystemArn: `arn:aws:elasticfilesystem:us-west-2:123456789012:file-system/${FILE_SYSTEM}`,
    Name: 'main',
    LifeCycleState: 'available',
    CreationTime: 1700000000,
    CreationToken: 'bench',
    NumberOfMountTargets: 2,
    OwnerId: '123456789012',
    PerformanceMode: 'generalPurpose',
    SizeInBytes: { Value: 6144 },
    Tags: tagsOf('main'),
  },
];

/** The access points of the stage by role, in the form of the function's variable ACCESS_POINTS. */
export const STAGE_ACCESS_POINTS = accessPoints
  .filter(({ Name }) => Name !== 'root')
  .map(({ Name, AccessPointId, RootDirectory }) => [
    Name,
    AccessPointId,
    Name,
    RootDirectory.Path,
    FILE_SYSTEM,
    'main',
  ]);

/** Starts the API. A call begins a new round trip when no other call is running. */
export async function startAws() {
  const counts = { calls: 0, roundTrips: 0 };
  let underWay = 0;
  const server = createServer((request, response) => {
    counts.calls++;
    if (underWay++ === 0) counts.roundTrips++;
    const answer = request.url.includes('access-points')
      ? { AccessPoints: accessPoints }
      : { FileSystems: fileSystems };
    // The delay of a call within a region. All concurrent calls arrive within this time.
    setTimeout(() => {
      underWay--;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    }, 2);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${server.address().port}`,
    take() {
      const taken = { ...counts };
      counts.calls = 0;
      counts.roundTrips = 0;
      return taken;
    },
    stop: () => server.close(),
  };
}
