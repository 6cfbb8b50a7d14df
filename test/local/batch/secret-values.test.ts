import { LocalJobDefinitions } from '../../../local/batch/job-definitions';
import type { RunnableJob } from '../../../local/batch/runner';
import { readSecrets } from '../../../local/batch/secret-values';
import { submitJob } from '../../../local/batch/submit-job';
import { LocalRoot } from '../../../local/world/root';

const SECRET = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:demands/db-AbCdEf';
const PARAMETER = 'arn:aws:ssm:us-west-2:111122223333:parameter/demands/token';
const CANARY = 'hunter2-canary';
const TEXTS: Record<string, string> = {
  [SECRET]: JSON.stringify({ password: CANARY, port: 5432, nested: { a: [1] }, nul: `${CANARY}\0` }),
  [PARAMETER]: CANARY,
};

const read = (valueFrom: string, name = 'TOKEN') =>
  readSecrets([{ name, valueFrom }], async ({ arn }) => TEXTS[arn] ?? Promise.reject(new Error('not found')));

test.each([
  ['the whole text of a parameter', PARAMETER, CANARY],
  ['the whole text of a secret', SECRET, TEXTS[SECRET]],
  ['a field', `${SECRET}:password::`, CANARY],
  ['a number as a text', `${SECRET}:port::`, '5432'],
  ['an object as JSON', `${SECRET}:nested::`, '{"a":[1]}'],
])('a variable gets %s', async (_, valueFrom, value) => {
  expect(await read(valueFrom)).toEqual({ TOKEN: value });
});

test.each([
  ['a secret that cannot be read', PARAMETER.replace('token', 'other'), 'other: not found'],
  ['a key that the secret does not have', `${SECRET}:user::`, 'did not contain json key user'],
  ['an inherited property', `${SECRET}:toString::`, 'did not contain json key toString'],
  ['a value that is no variable', `${SECRET}:nul::`, 'contains a NUL character'],
  ['a text that is no ARN', 'demands/token', 'not the ARN of a secret'],
])('%s fails the job with the reason of ECS, and without the value', async (_, valueFrom, why) => {
  const failed = read(valueFrom);
  await expect(failed).rejects.toThrow(/^ResourceInitializationError: unable to pull secrets/);
  await expect(failed).rejects.toThrow(why);
  await expect(failed).rejects.not.toThrow(CANARY);
});

test('a secret that is no JSON fails without its text in the reason', async () => {
  const failed = readSecrets([{ name: 'TOKEN', valueFrom: `${SECRET}:key::` }], async () => CANARY);
  await expect(failed).rejects.toThrow('did not contain json key');
  await expect(failed).rejects.not.toThrow(CANARY);
});

describe('a job', () => {
  const told: RunnableJob[] = [];
  const run: RunnableJob[] = [];
  const submit = async (valueFrom: string) => {
    const jobDefinitions = new LocalJobDefinitions();
    const JobDefinition = await jobDefinitions.register({
      jobDefinitionName: 'one',
      type: 'container',
      parameters: {},
      containerProperties: {
        ...{ image: 'alpine', command: ['true'], environment: [], mountPoints: [], volumes: [] },
        ...{ resourceRequirements: [], privileged: false, ulimits: [] },
        secrets: [{ name: 'TOKEN', valueFrom }],
      },
      retryStrategy: { attempts: 1 },
      tags: {},
      propagateTags: false,
    });
    const parameters = { JobName: 'one', JobDefinition, JobQueue: 'queue' };
    const services = {
      root: new LocalRoot('/nowhere'),
      jobDefinitions,
      fileSystems: { fileSystems: async () => [], accessPoints: async () => [] },
      runner: {
        run: async (job: RunnableJob) => {
          run.push(job);
          return { exitCode: 0 };
        },
      },
      readSecret: async ({ arn }: { readonly arn: string }) =>
        TEXTS[arn] ?? Promise.reject(new Error('none')),
      now: () => 0,
      listener: {
        jobStarted: (job: RunnableJob) => void told.push(job),
        jobOutput: () => undefined,
        jobEnded: () => undefined,
      },
    };
    const overrides = { ContainerOverrides: { Environment: [{ Name: 'WORD', Value: 'x' }] } };
    return submitJob({ ...parameters, ...overrides }, services, new AbortController().signal);
  };
  afterEach(() => {
    told.length = 0;
    run.length = 0;
  });

  test('has the value in its environment, and no listener gets it', async () => {
    const detail = await submit(PARAMETER);
    expect(run).toMatchObject([{ environment: { WORD: 'x', TOKEN: CANARY } }]);
    expect(JSON.stringify([told, detail])).not.toContain(CANARY);
  });

  test('does not start without the value', async () => {
    await expect(submit(`${PARAMETER}/other`)).rejects.toMatchObject({
      name: 'States.TaskFailed',
      detail: {
        Status: 'FAILED',
        StatusReason: 'Task failed to start',
        Container: { Reason: expect.stringMatching(/^ResourceInitializationError: /) },
      },
    });
    expect(run).toEqual([]);
  });
});
