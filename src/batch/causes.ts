/** The table of causes: from the way a Batch job ended to what happened, and what to do next. */
import { CLAIM_EXITS } from './claim';
import { EXIT_CODES } from './exit-codes';
import { type JobCause, MORE_MEMORY } from './job-cause';
import { STATUS_REASONS } from './status-reasons';

const ARCHITECTURE = {
  happened: 'the image is built for another processor architecture than the hosts have',
  next: 'Build it for theirs (docker build --platform linux/amd64, or linux/arm64)',
};
const NO_BASH = {
  happened: 'the image has no /bin/bash, which runs the command of a demand',
  next: 'Use an image with bash, or install it in this one',
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html */
const IMAGE_PULLS: readonly JobCause[] = [
  {
    reason: /CannotPull.*(?:toomanyrequests|too many requests|pull rate limit)/is,
    happened: 'the registry refused the image because it was asked too often',
    next: "Wait and submit the demand again, or copy the image to ECR and name that in the demand's execution_image",
  },
  {
    reason: /CannotPull.*no space left on device/is,
    happened: 'the disk of the host is too small for the image',
    next: 'Give the hosts of the compute environment a larger root volume, or use a smaller image',
  },
  { reason: /CannotPull.*(?:descriptor matching platform|no matching manifest)/is, ...ARCHITECTURE },
  {
    reason: /CannotPull.*(?:access denied|not authorized|no basic auth|403 forbidden|AccessDenied)/is,
    happened: 'the registry refused the image: it does not exist, or the host may not pull it',
    next: "Check the demand's execution_image, and that the instance role (or the execution role) may pull it: ecr:GetAuthorizationToken, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer",
  },
  {
    reason: /CannotPull.*(?:not found|manifest unknown|does not exist)/is,
    happened: 'the registry has no such image',
    next: "Check the name and the tag of the demand's execution_image",
  },
  {
    reason:
      /CannotPull.*(?:request canceled|context canceled|deadline exceeded|i\/o timeout|dial tcp|no such host)/is,
    happened: 'the host could not reach the registry',
    next: 'Give the subnets of the compute environment a route to it: a NAT gateway, or VPC endpoints for ECR and S3',
  },
  {
    reason: /CannotPull/,
    happened: 'the image could not be pulled',
    next: "Check the demand's execution_image, the rights of the host to pull it, and the host's network",
  },
];

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-start-container.html
 * https://docs.aws.amazon.com/AmazonECS/latest/userguide/stopped-task-error-codes.html
 */
const CONTAINER_STARTS: readonly JobCause[] = [
  {
    reason: /EFS utils|mount\.nfs|mounting volume failed/i,
    happened: 'a file system could not be mounted',
    next: 'Check that the file system and its access point exist, that it has a mount target in each zone of the compute environment, and that its security group lets NFS (port 2049) in',
  },
  {
    reason: /unable to (?:pull|retrieve) secrets?/i,
    happened: 'a secret, or the credentials of the registry, could not be read',
    next: 'Check that the secret exists. Give the execution role the right to read it, and the subnets a route to Secrets Manager, SSM and ECR',
  },
  {
    reason: /logger args|logging driver|log stream/i,
    happened: "the job's log could not be opened",
    next: 'Check that its log group exists (/aws/batch/job by default), and that the instance role (or the execution role) has logs:CreateLogStream and logs:PutLogEvents',
  },
  {
    reason: /ResourceInitializationError/,
    happened: 'what the container needs could not be set up',
    next: 'Check that the VPC resolves DNS names, and that its subnets have a route to ECR, CloudWatch Logs and EFS',
  },
  { reason: /exec format error/i, ...ARCHITECTURE },
  {
    reason: /\/bin\/bash.*(?:no such file or directory|not found)/is,
    ...NO_BASH,
  },
  {
    reason: /DockerTimeoutError|ContainerRuntimeTimeoutError|CannotInspectContainerError/,
    happened: 'the container agent of the host answered too late',
    next: 'Submit the demand again. If this repeats, give the hosts faster disks, or start fewer jobs at once on one host',
  },
  {
    reason: /CannotCreate|CannotStart|ContainerRuntimeError/,
    happened: 'the host could not start the container',
    next: "Check the image, and the volumes and resources of the job's definition",
  },
  {
    reason: /spawn docker ENOENT/,
    happened: 'this machine has no docker',
    next: 'Install docker, or run the demand with --runner process',
  },
];

/**
 * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 * https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
 * https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
 */
const BATCH_ENDINGS: readonly JobCause[] = [
  {
    reason: /OutOfMemoryError/,
    happened: 'it needed more memory than its container has',
    next: `${MORE_MEMORY}, or let the job run again with more (retry.memory_factor in its execution_platform.aws_batch)`,
  },
  {
    reason: /attempt duration exceeded timeout/i,
    happened: 'it ran longer than its time-out in Batch',
    next: "Raise timeout.attempt_duration_seconds in the demand's execution_platform.aws_batch, or split the work",
  },
  {
    reason: /Host EC2 .*terminated|Spot Task was interrupted/i,
    happened: 'its host was terminated, as happens when Spot capacity is taken back',
    next: 'Submit the demand again. If this repeats, use a job queue with On-Demand capacity',
  },
  {
    reason: /MISCONFIGURATION:(?:JOB_RESOURCE_REQUIREMENT|COMPUTE_ENVIRONMENT_MAX_RESOURCE)/,
    happened: 'the job queue has no compute environment that is large enough',
    next: "Ask for less in the demand's resource_requirements, or use a job queue with larger instances",
  },
  {
    reason: /CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY/,
    happened: 'EC2 had no capacity for the instance types of the job queue',
    next: 'Submit the demand again later, or use a job queue with more instance types',
  },
  {
    reason: /MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS/,
    happened: 'the service role of Batch lacks a right',
    next: 'Compare the service role of the compute environments with the AWS managed policy AWSBatchServiceRole, or use the service-linked role',
  },
  {
    reason: /MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED/,
    happened:
      'the compute environment has instance types that its zones or its launch template do not support',
    next: 'Correct the instance types, the subnets or the launch template of the compute environment',
  },
  {
    reason: /ACTION_REQUIRED/,
    happened: 'the compute environments of the job queue are invalid',
    next: 'Read the status reason of the compute environment (aws batch describe-compute-environments), and repair it',
  },
  {
    reason: /UNDETERMINED/,
    happened: 'the job queue is blocked, and Batch does not know why',
    next: 'Check that the instances reach ECS and CloudWatch Logs, that the account may start more instances, and that one of them is large enough',
  },
  { reason: /RUNNABLE for longer/, happened: 'it waited too long for a host', next: 'Use a freer job queue' },
];

/** The job's own claim of its working directory ended it, before the command of the demand began. */
const CLAIMS: readonly JobCause[] = [
  {
    exitCode: CLAIM_EXITS.claimed,
    happened:
      'another job has claimed the working directory, as when Batch accepts one submission twice; the command did not begin in this job',
    next: 'Submit the demand again. The clean-up ends the other job',
  },
  {
    exitCode: CLAIM_EXITS.notOurs,
    happened:
      'its working directory is gone or belongs to another execution, as when the execution of the job has ended',
    next: 'Submit the demand again, with another execution_id if that execution still runs',
  },
  {
    exitCode: CLAIM_EXITS.inputsChanged,
    happened:
      'an earlier attempt of the job has changed or removed inputs, so that this attempt would read other data',
    next: 'Submit the demand again. Let the command copy an input before it changes it',
  },
  {
    exitCode: CLAIM_EXITS.failed,
    happened:
      'its working directory could not be claimed, for example because the file system refused a write',
    next: 'Read the line that begins with "demand:" in the log of the job',
  },
];

const LOG_LINES: readonly JobCause[] = [
  { log: /exec format error|cannot execute binary file/i, ...ARCHITECTURE },
  { log: /exec: "\/bin\/bash".*(?:no such file or directory|not found)/i, ...NO_BASH },
  {
    log: /\bMemoryError\b|\bOutOfMemoryError\b|bad_alloc|cannot allocate memory|heap out of memory/i,
    happened: 'a program ran out of memory',
    next: MORE_MEMORY,
  },
  {
    log: /no space left on device|disk quota exceeded/i,
    happened: 'a disk is full',
    next: 'Write to the working directory instead of the disk of the container, or give the hosts larger disks',
  },
  {
    log: /read-only file system/i,
    happened: 'a program wrote to a read-only file system, as shared inputs are on one',
    next: 'Write to the working directory instead',
  },
  {
    log: /ModuleNotFoundError: No module named/,
    happened: 'a Python module is missing',
    next: 'Install it in the image',
  },
  {
    log: /unable to locate credentials|\bAccessDenied(?:Exception)?\b/i,
    happened: 'AWS refused a request of the job',
    next: "Give the demand's job_role the right that the log names",
  },
];

/**
 * The table. The first row that matches counts. AWS's reasons come first: a job that runs too long, or loses its host, ends
 * with the exit code of a signal, too. A line of the log says more than an exit code.
 */
export const JOB_CAUSES: readonly JobCause[] = [
  ...BATCH_ENDINGS,
  ...IMAGE_PULLS,
  ...CONTAINER_STARTS,
  ...CLAIMS,
  ...LOG_LINES,
  ...EXIT_CODES,
  {
    reason: new RegExp(STATUS_REASONS.notStarted),
    happened: 'its container was not started',
    next: 'Submit the demand again. If this repeats, look at the hosts of the compute environment',
  },
];
