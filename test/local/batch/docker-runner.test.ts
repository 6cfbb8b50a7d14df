import { dockerArguments } from '../../../local/batch/docker-runner';

const job = {
  jobId: 'a1',
  image: 'public.ecr.aws/docker/library/debian:12-slim',
  command: ['/bin/bash', '-c', 'echo "$TOKEN"; ls'],
  environment: { TOKEN: 'not for the process list', WORKING_DIR: '/opt/efs/scratch/d' },
  mounts: [
    { hostPath: '/world/efs/scratch', containerPath: '/opt/efs/scratch', readOnly: false },
    { hostPath: '/world/efs/shared', containerPath: '/opt/efs/shared', readOnly: true },
  ],
};

test('a job becomes a docker command with its mounts, and its command after the image', () => {
  expect(dockerArguments(job)).toEqual([
    'run',
    '--rm',
    '--init',
    '--name',
    'demand-a1',
    '--env',
    'TOKEN',
    '--env',
    'WORKING_DIR',
    '--mount',
    'type=bind,source=/world/efs/scratch,target=/opt/efs/scratch',
    '--mount',
    'type=bind,source=/world/efs/shared,target=/opt/efs/shared,readonly',
    '--entrypoint',
    '/bin/bash',
    'public.ecr.aws/docker/library/debian:12-slim',
    '-c',
    'echo "$TOKEN"; ls',
  ]);
});

test('the command line has no values of the environment', () => {
  expect(dockerArguments(job).join(' ')).not.toContain('not for the process list');
});
