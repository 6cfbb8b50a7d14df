import { executionRoleProblems, jobSecretProblems } from '../../src/batch/secrets';

const valueFrom = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/token';
const ROLE = 'arn:aws:iam::111122223333:role/secrets';

const problemsOf = (secrets: readonly { name: string; valueFrom: string }[], allowedSecrets: string[]) =>
  jobSecretProblems(secrets, { envBase: 'dev', region: 'us-west-2', allowedSecrets });

test('a request without secrets, and with allowed secrets, has no problem', () => {
  expect(jobSecretProblems(undefined, { envBase: 'dev', region: 'us-west-2' })).toEqual([]);
  expect(problemsOf([{ name: 'TOKEN', valueFrom }], [valueFrom])).toEqual([]);
});

test('each secret that is malformed or not allowed is a problem at its place', () => {
  const secrets = [
    { name: 'TOKEN', valueFrom },
    { name: 'my-token', valueFrom },
    { name: 'TEXT', valueFrom: 'hunter2' },
    { name: 'OTHER', valueFrom: `${valueFrom}/other` },
  ];
  const problems = problemsOf(secrets, [valueFrom]);
  expect(problems.map(({ pointer }) => pointer)).toEqual(['/secrets/1', '/secrets/2', '/secrets/3']);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('only the execution role itself is refused as the role of a job', () => {
  expect(executionRoleProblems(ROLE, ROLE)).toMatchObject([{ pointer: '/job_role_arn' }]);
  expect(executionRoleProblems(`${ROLE}-2`, ROLE)).toEqual([]);
  expect(executionRoleProblems(undefined, undefined)).toEqual([]);
});
