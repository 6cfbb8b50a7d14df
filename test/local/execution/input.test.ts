import { localInput } from '../../../local/execution/input';
import { LocalRoot } from '../../../local/world/root';
import { demandOf } from '../../demand/arbitraries';

const root = new LocalRoot('/world');
const fileSystemsOf = (configurations: unknown, runner: 'process' | 'docker' = 'docker') =>
  (
    localInput({ demand_execution: demandOf(), ...(configurations as object) }, root, runner) as {
      file_system_configurations: unknown;
    }
  ).file_system_configurations;
const of = (file_system_configurations: unknown) => ({ file_system_configurations });

test('a job in a container has the container paths of the demand, without its file systems', () => {
  const scratch = { file_system: 'prod-demand-archive', container_path: '/data' };
  expect(fileSystemsOf(of({ scratch, tmp: [] }))).toEqual({
    scratch: { container_path: '/data' },
    shared: {},
  });
});

test('a job without a container has the folders of this machine', () => {
  expect(fileSystemsOf({ fileSystemConfigurations: { tmp: {} } }, 'process')).toEqual({
    scratch: { container_path: '/world/efs/scratch' },
    shared: { container_path: '/world/efs/shared' },
    tmp: { container_path: '/world/efs/tmp' },
  });
});

test.each(['', 'scratch', 'archive-scratch'])(
  'the access point %j is the local folder of scratch',
  (name) => {
    expect(fileSystemsOf(of({ scratch: { access_point: name } }))).toMatchObject({ scratch: {} });
  },
);

test.each(['root', 'shared', 'fsap-0123456789abcdef0', 'archivescratch'])(
  'the access point %j stays, to be refused',
  (access_point) => {
    const candidates = [{ access_point: 'scratch' }, { accessPoint: access_point }];
    expect(fileSystemsOf(of({ scratch: candidates }))).toMatchObject({ scratch: { access_point } });
  },
);
