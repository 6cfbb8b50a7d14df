/** Real texts of AWS, shells and programs, and the row of the table that each text finds. */
import { JOB_CAUSES } from '../../src/batch/causes';
import { type JobEnd, jobCauseOf } from '../../src/batch/job-end';

const PULL = 'CannotPullContainerError: ';
const EXITED = 'Essential container in task exited';
const NOT_STARTED = 'Task failed to start';
const ECR = '111122223333.dkr.ecr.us-east-1.amazonaws.com';

const ended = (exitCode: number, ...reasons: string[]): JobEnd => ({
  exitCode,
  reasons: [...reasons, EXITED],
});
const notStarted = (reason: string): JobEnd => ({ reasons: [reason, NOT_STARTED] });
const logged = (line: string, exitCode = 1): JobEnd => ({
  exitCode,
  reasons: [EXITED],
  lastLines: ['a', line],
});

const ENDS: readonly (readonly [string, JobEnd, string])[] = [
  [
    'out of memory, in the words of ECS',
    ended(137, 'OutOfMemoryError: Container killed due to memory usage'),
    'it needed more memory than its container has',
  ],
  [
    'a time-out of Batch, which kills the container',
    { exitCode: 137, reasons: ['Job attempt duration exceeded timeout'] },
    'it ran longer than its time-out in Batch',
  ],
  [
    'a lost host, without an exit code',
    { reasons: ['Host EC2 (instance i-0282b396e52b4c95d) terminated.'] },
    'its host was terminated, as happens when Spot capacity is taken back',
  ],
  [
    'a lost host, after the container got SIGTERM',
    { exitCode: 143, reasons: ['Host EC2 (instance i-0282b396e52b4c95d) terminated.'] },
    'its host was terminated, as happens when Spot capacity is taken back',
  ],
  [
    'a queue without a large enough instance',
    {
      reasons: [
        'Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
      ],
    },
    'the job queue has no compute environment that is large enough',
  ],
  ...(
    [
      [
        'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
        'the job queue has no compute environment that is large enough',
      ],
      [
        'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS – Batch service role has a permission issue.',
        'the service role of Batch lacks a right',
      ],
      [
        'MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - Your compute environment associated with this job queue has an unsupported instance type configuration.',
        'the compute environment has instance types that its zones or its launch template do not support',
      ],
      [
        'ACTION_REQUIRED - CE(s) associated with the job queue are invalid.',
        'the compute environments of the job queue are invalid',
      ],
      [
        'UNDETERMINED - Batch job is blocked, root cause is undetermined.',
        'the job queue is blocked, and Batch does not know why',
      ],
    ] as const
  ).flatMap(([reason, happened]) => [
    [`a blocked queue: ${reason}`, { reasons: [reason] }, happened] as const,
    [
      `a job that was ended in a blocked queue: ${reason}`,
      { reasons: [`RUNNABLE for longer than 7200 s, the limit of the stage: ${reason}`] },
      happened,
    ] as const,
  ]),
  [
    'a queue that had no free host for too long',
    {
      reasons: ['RUNNABLE for longer than 7200 s, the limit of the stage: Batch gave no reason'],
    },
    'it waited too long for a host',
  ],
  [
    'a queue without capacity',
    {
      reasons: [
        'Canceled by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
      ],
    },
    'EC2 had no capacity for the instance types of the job queue',
  ],
  [
    'the rate limit of Docker Hub',
    notStarted(
      `${PULL}inspect image has been retried 5 time(s): toomanyrequests: You have reached your pull rate limit.`,
    ),
    'the registry refused the image because it was asked too often',
  ],
  [
    'a full disk of the host',
    notStarted(`${PULL}write /var/lib/docker/tmp/GetImageBlob111111111: no space left on device`),
    'the disk of the host is too small for the image',
  ],
  [
    'an image of another architecture',
    notStarted(`${PULL}image Manifest does not contain descriptor matching platform 'linux/amd64'`),
    'the image is built for another processor architecture than the hosts have',
  ],
  [
    'a private image on Docker Hub',
    notStarted(
      `${PULL}Error response from daemon: pull access denied for mine, repository does not exist or may require 'docker login'`,
    ),
    'the registry refused the image: it does not exist, or the host may not pull it',
  ],
  [
    'an image in ECR that the host may not pull',
    notStarted(
      `${PULL}ref pull has been retried 1 time(s): unexpected status from HEAD request: 403 Forbidden`,
    ),
    'the registry refused the image: it does not exist, or the host may not pull it',
  ],
  [
    'an image that is missing in ECR',
    notStarted(`${PULL}API error (404): repository ${ECR}/mine/image not found`),
    'the registry has no such image',
  ],
  [
    'a tag that is missing in its registry',
    notStarted(`${PULL}Error response from daemon: manifest for debian:99 not found: manifest unknown`),
    'the registry has no such image',
  ],
  [
    'a registry without a route to it',
    notStarted(
      `${PULL}API error (500): Get https://${ECR}/v2/: net/http: request canceled while waiting for connection`,
    ),
    'the host could not reach the registry',
  ],
  [
    'any other trouble with an image',
    notStarted(`${PULL}ref pull has been retried 1 time(s): failed to copy: httpReaderSeeker: failed open`),
    'the image could not be pulled',
  ],
  [
    'a file system that cannot be mounted, on Fargate',
    notStarted(
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-0123.efs.us-west-2.amazonaws.com"',
    ),
    'a file system could not be mounted',
  ],
  [
    'a file system that cannot be mounted, on EC2',
    notStarted(
      "CannotCreateContainerError: Error response from daemon: create 90c6: VolumeDriver.Create: mounting volume failed: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'",
    ),
    'a file system could not be mounted',
  ],
  [
    'a secret that may not be read',
    notStarted(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm',
    ),
    'a secret, or the credentials of the registry, could not be read',
  ],
  [
    'a missing log group',
    notStarted(
      'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
    ),
    "the job's log could not be opened",
  ],
  [
    'any other resource of the container',
    notStarted('ResourceInitializationError: failed to configure ENI'),
    'what the container needs could not be set up',
  ],
  [
    'a container with a first program of another architecture',
    notStarted('CannotStartContainerError: Error response from daemon: exec /bin/bash: exec format error'),
    'the image is built for another processor architecture than the hosts have',
  ],
  [
    'an image without bash',
    notStarted(
      'CannotStartContainerError: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/bin/bash": stat /bin/bash: no such file or directory: unknown',
    ),
    'the image has no /bin/bash, which runs the command of a demand',
  ],
  [
    'a slow Docker daemon',
    notStarted('DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s'),
    'the container agent of the host answered too late',
  ],
  [
    'a slow Docker daemon, after the start of the container',
    {
      reasons: [
        'CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s',
      ],
    },
    'the container agent of the host answered too late',
  ],
  [
    'any other container that the host cannot start',
    notStarted('CannotCreateContainerError: API error (500): devmapper: Thin Pool has 4350 free data blocks'),
    'the host could not start the container',
  ],
  ['a machine without docker', notStarted('spawn docker ENOENT'), 'this machine has no docker'],
  [
    'a line about the architecture',
    logged('/bin/bash: line 1: ./tool: cannot execute binary file: Exec format error', 126),
    'the image is built for another processor architecture than the hosts have',
  ],
  [
    'a line of docker about bash',
    logged(
      'docker: Error response from daemon: exec: "/bin/bash": stat /bin/bash: no such file or directory',
      127,
    ),
    'the image has no /bin/bash, which runs the command of a demand',
  ],
  [
    'a line about memory, of Python',
    logged('MemoryError: Unable to allocate 74.5 GiB'),
    'a program ran out of memory',
  ],
  [
    'a line about memory, of Java',
    logged('Exception in thread "main" java.lang.OutOfMemoryError: Java heap space'),
    'a program ran out of memory',
  ],
  [
    'a line about memory, of Node',
    logged('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 134),
    'a program ran out of memory',
  ],
  ['a line about a disk', logged('OSError: [Errno 28] No space left on device'), 'a disk is full'],
  [
    'a line about a read-only place',
    logged("cp: cannot create regular file '/opt/efs/shared/a': Read-only file system"),
    'a program wrote to a read-only file system, as shared inputs are on one',
  ],
  [
    'a line about a module',
    logged("ModuleNotFoundError: No module named 'pandas'"),
    'a Python module is missing',
  ],
  [
    'a line about rights',
    logged('An error occurred (AccessDenied) when calling the GetObject operation: Access Denied'),
    'AWS refused a request of the job',
  ],
  ['exit code 1', ended(1), 'a program failed'],
  ['exit code 2', ended(2), 'a program failed, in most cases because of the arguments it was given'],
  ['exit code 124', ended(124), 'the program `timeout` ended another program, which took too long'],
  ['exit code 125', ended(125), 'docker could not start the container'],
  ['exit code 126', ended(126), 'a program could not be started'],
  ['exit code 127', ended(127), 'a program was not found'],
  ['exit code 130', ended(130), 'SIGINT interrupted it'],
  [
    'exit code 132',
    ended(132),
    'it used an instruction that the processor of the host does not have (SIGILL)',
  ],
  [
    'exit code 134',
    ended(134),
    'a program aborted itself (SIGABRT), as a failed assertion or a lack of memory makes it do',
  ],
  [
    'exit code 135',
    ended(135),
    'a program read memory that has no storage behind it (SIGBUS), such as a file that became shorter',
  ],
  ['exit code 136', ended(136), 'a program divided by zero, or computed out of range (SIGFPE)'],
  [
    'exit code 137, in the words of the local runner',
    ended(137, 'ended by SIGKILL'),
    'it was killed (SIGKILL), in most cases because memory ran out',
  ],
  ['exit code 139', ended(139), 'a program read memory that is not its own (SIGSEGV)'],
  ['exit code 141', ended(141), 'a program wrote to a pipe that nothing reads any more (SIGPIPE)'],
  ['exit code 143', ended(143), 'it was told to stop (SIGTERM)'],
  [
    'exit code 221',
    ended(221),
    'another job has claimed the working directory, as when Batch accepts one submission twice; the command did not begin in this job',
  ],
  [
    'exit code 222',
    ended(222),
    'its working directory is gone or belongs to another execution, as when the execution of the job has ended',
  ],
  [
    'exit code 223',
    ended(223),
    'an earlier attempt of the job has changed or removed inputs, so that this attempt would read other data',
  ],
  [
    'exit code 224',
    ended(224),
    'its working directory could not be claimed, for example because the file system refused a write',
  ],
  ['a start that failed without a reason', { reasons: [NOT_STARTED] }, 'its container was not started'],
];

test.each(ENDS)('%s', (_, end, happened) => {
  expect(jobCauseOf(end)?.happened).toBe(happened);
});

test('every row of the table is found by a text', () => {
  const found = new Set(ENDS.map(([, end]) => jobCauseOf(end)));
  expect(JOB_CAUSES.filter((row) => !found.has(row))).toEqual([]);
});

test('every row has a clause about the cause, and a sentence about the next step', () => {
  for (const { happened, next } of JOB_CAUSES) {
    expect(happened).toMatch(/[^.]$/);
    expect(next).toMatch(/^[A-Z].*[^.]$/);
  }
});
