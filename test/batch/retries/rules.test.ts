import fc from 'fast-check';
import { DEFAULT_RULES, describeRule, firstMatch, matchesPattern } from '../../../src/batch/retries/rules';
import { STATUS_REASONS } from '../../../src/batch/status-reasons';
import { withoutEmpty } from '../../../src/wire/json';
import { runs } from '../../demand/arbitraries';

const NOT_STARTED = STATUS_REASONS.notStarted;
const EXITED = STATUS_REASONS.exited;

/** Short texts over a small alphabet, so that patterns often match. */
const word = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', '\n'), maxLength: 8 });
const plain = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 12 });

test('a pattern matches as a regular expression with .* in the place of each asterisk', () => {
  fc.assert(
    fc.property(word, plain, (pattern, text) => {
      const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
      expect(matchesPattern(pattern, text)).toBe(new RegExp(`^${parts.join('.*')}$`, 's').test(text));
    }),
    runs(2_000),
  );
});

test('a pattern without an asterisk, or with one at its end, matches as in Batch', () => {
  fc.assert(
    fc.property(plain, plain, (start, text) => {
      expect(matchesPattern(start, text)).toBe(start === text);
      expect(matchesPattern(`${start}*`, text)).toBe(text.startsWith(start));
    }),
    runs(500),
  );
});

test.each([
  ['aba*aba', 'aba', false],
  ['a*a', 'a', false],
  ['*', '', true],
  ['**', 'x', true],
  ['Host EC2*', 'host ec2 lost', false],
])('the pattern %s matches "%s": %s', (pattern, text, matches) => {
  expect(matchesPattern(pattern, text)).toBe(matches);
});

test('a pattern of many asterisks costs little time on a long text', () => {
  const begun = process.cpuUsage().user;
  expect(matchesPattern(`${'a*'.repeat(200)}b`, 'a'.repeat(30_000))).toBe(false);
  expect((process.cpuUsage().user - begun) / 1_000).toBeLessThan(200);
});

test('the first rule that matches decides, and all its patterns have to match', () => {
  const rules = [
    { action: 'EXIT', onReason: 'x*', onExitCode: '1*' },
    { action: 'RETRY', onExitCode: '1*' },
    { action: 'EXIT', onStatusReason: '*' },
  ] as const;
  expect(firstMatch(rules, { reason: 'xy', exitCode: 137 })).toBe(rules[0]);
  expect(firstMatch(rules, { reason: 'y', exitCode: 1 })).toBe(rules[1]);
  expect(firstMatch(rules, { reason: 'xy', exitCode: 2 })).toBe(rules[2]);
  expect(firstMatch(rules.slice(0, 2), {})).toBeUndefined();
});

test('a job without an exit code matches no pattern of digits', () => {
  expect(firstMatch([{ onExitCode: '0' }], {})).toBeUndefined();
  expect(firstMatch([{ onExitCode: '*' }], {})).toBeDefined();
});

/** Real reasons, from threads about AWS Batch and ECS. */
test.each([
  ['a lost host', 'Host EC2 (instance i-0a1b2c3d4e5f60718) terminated.', undefined, undefined, 'RETRY'],
  ['a Spot interruption on Fargate', 'Your Spot Task was interrupted.', undefined, 137, 'RETRY'],
  [
    'a lack of memory',
    EXITED,
    'OutOfMemoryError: Container killed due to memory usage',
    137,
    'RETRY_WITH_MORE_MEMORY',
  ],
  [
    'a lack of memory of a child process',
    EXITED,
    'OutOfMemoryError: Container killed due to memory usage',
    2,
    'RETRY_WITH_MORE_MEMORY',
  ],
  [
    'an image that is asked for too often',
    NOT_STARTED,
    'CannotPullContainerError: toomanyrequests: You have reached your pull rate limit.',
    undefined,
    'RETRY',
  ],
  [
    'a throttled registry',
    NOT_STARTED,
    'CannotPullECRContainerError: ThrottlingException: Rate exceeded',
    undefined,
    'RETRY',
  ],
  [
    'a registry that answers too late',
    NOT_STARTED,
    'CannotPullContainerError: inspect image has been retried 5 time(s): httpReadSeeker: i/o timeout',
    undefined,
    'RETRY',
  ],
  [
    'a throttled log stream',
    NOT_STARTED,
    'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ThrottlingException: Rate exceeded',
    undefined,
    'RETRY',
  ],
  [
    'a resource that is not there yet',
    NOT_STARTED,
    'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes',
    undefined,
    'RETRY',
  ],
  [
    'a slow Docker daemon',
    NOT_STARTED,
    'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s',
    undefined,
    'RETRY',
  ],
  [
    'an image that does not exist',
    NOT_STARTED,
    'CannotPullContainerError: Error response from daemon: manifest for tool:9 not found: manifest unknown',
    undefined,
    'EXIT',
  ],
  [
    'an image that the host may not pull',
    NOT_STARTED,
    'CannotPullContainerError: Error response from daemon: pull access denied for tool, repository does not exist',
    undefined,
    'EXIT',
  ],
  [
    'a log group that does not exist',
    NOT_STARTED,
    'CannotStartContainerError: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
    undefined,
    'EXIT',
  ],
  [
    'a secret that the role may not read',
    NOT_STARTED,
    'ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException',
    undefined,
    'EXIT',
  ],
  [
    'a secret that does not exist',
    NOT_STARTED,
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:x from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    undefined,
    'EXIT',
  ],
  [
    'a secret without the key',
    NOT_STARTED,
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key password',
    undefined,
    'EXIT',
  ],
  [
    'a parameter that does not exist',
    NOT_STARTED,
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /demands/token',
    undefined,
    'EXIT',
  ],
  [
    'a throttled secret',
    NOT_STARTED,
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: ThrottlingException: Rate exceeded',
    undefined,
    'RETRY',
  ],
  [
    'an image without bash',
    NOT_STARTED,
    'CannotStartContainerError: exec: "/bin/bash": stat /bin/bash: no such file or directory',
    undefined,
    undefined,
  ],
  ['a program that fails', EXITED, undefined, 1, undefined],
  ['SIGKILL without a reason', EXITED, undefined, 137, undefined],
  [
    'a job that asks for too much',
    'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The resource requirement is higher than the compute environments have',
    undefined,
    undefined,
    undefined,
  ],
])('the default rules know %s', (_, statusReason, reason, exitCode, action) => {
  const rule = firstMatch(DEFAULT_RULES, {
    statusReason,
    ...withoutEmpty({ reason, exitCode }),
  });
  expect(rule?.action).toBe(action);
});

test('a rule has a line of its own, which identifies it', () => {
  const lines = DEFAULT_RULES.map(describeRule);
  expect(new Set(lines).size).toBe(lines.length);
  expect(describeRule({ action: 'RETRY', onStatusReason: 'a*', onReason: 'b', onExitCode: '1' })).toBe(
    'RETRY onStatusReason a* onReason b onExitCode 1',
  );
});
