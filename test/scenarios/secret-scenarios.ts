/** Demands with secrets. Only the environment of the job has a value; every document of AWS is searched for it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchClient, DescribeJobDefinitionsCommand, DescribeJobsCommand } from '@aws-sdk/client-batch';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { listen } from './event-listener';
import { contentsOf, ended, historyOf, start } from './executions';
import { demand, ENDS, uriOf } from './scenarios';
import type { Tier } from './tier';

const PASSWORD = "CANARY-pass'word\n$HOME";
const TOKEN = 'CANARY-token';
const MISSING = 'arn:aws:ssm:us-west-2:123456789012:parameter/demands/missing';

/** Prints nothing. Each line of the output is the SHA-256 of a secret. */
const SUMS = ['for each in "$PASSWORD" "${TOKEN}"; do printf %s "$each" | sha256sum; done > ${OUT}'];

export function secretScenarios(on: () => Tier): void {
  test('a job gets its secrets, and no document of the execution has their values', async () => {
    const tier = on();
    const id = `${tier.runId}-secrets`;
    const { inbox, close } = await listen(tier, id);
    try {
      const given = withSecrets(tier, id, await makeSecrets(tier));
      const arn = await start(tier, given);
      const described = await ended(tier, arn);
      expect(described).toMatchObject(ENDS.success);
      const stored = await contentsOf(tier, `${id}/`);
      for (const value of [PASSWORD, TOKEN]) expect(stored[`${id}/out`]).toContain(sha256(value));
      const events = await inbox.until<{ detail: { status: string } }>((all) =>
        all.some((event) => (event as { detail: { status: string } }).detail.status === 'SUCCEEDED'),
      );
      const history = await historyOf(tier, arn);
      const documents = [described, events, history, await batchDocuments(tier, history), await logsOf(tier)];
      const written = JSON.stringify(documents) + filesOf(tier) + JSON.stringify(await contentsOf(tier, ''));
      expect(written).toContain(given.execution_parameters.params.token.secret);
      expect(written).not.toContain('CANARY');
    } finally {
      await close();
    }
  });

  test.each([
    ['a secret that does not exist', MISSING, 'invalid parameters'],
    ['a key that a secret does not have', 'no-key', 'did not contain json key none'],
  ])('%s fails the job with the reason of ECS', async (_, token, reason) => {
    const tier = on();
    const id = `${tier.runId}-${reason.split(' ')[0]}`;
    const secrets = await makeSecrets(tier);
    const secret = token === MISSING ? MISSING : secrets.password.replace(':password:', ':none:');
    const arn = await start(tier, withSecrets(tier, id, { ...secrets, token: secret }));
    const described = await ended(tier, arn);
    expect(described).toMatchObject(ENDS.jobFails);
    expect(described.cause).toContain('ResourceInitializationError: unable to pull secrets');
    expect(described.cause).toContain(reason);
    const history = await historyOf(tier, arn);
    expect(JSON.stringify([history, await batchDocuments(tier, history)])).not.toContain('CANARY');
  });

  test('a secret that the stage does not allow is refused, with the rule', async () => {
    const tier = on();
    const id = `${tier.runId}-forbidden`;
    const secrets = { ...(await makeSecrets(tier)), token: MISSING.replace('demands', 'others') };
    const described = await ended(tier, await start(tier, withSecrets(tier, id, secrets)));
    expect(described).toMatchObject(ENDS.inputMissing);
    expect(described.cause).toContain('/execution_parameters/params/token');
    expect(described.cause).toContain('secrets.allowed');
  });
}

interface Secrets {
  readonly password: string;
  readonly token: string;
}

let made: Promise<Secrets> | undefined;

/** Makes a secret in each service once. @returns the references of a demand */
function makeSecrets({ settings, runId }: Tier): Promise<Secrets> {
  made ??= (async () => {
    const name = `demands/${runId}`;
    const SecretString = JSON.stringify({ password: PASSWORD, user: 'somebody' });
    const { ARN = '' } = await new SecretsManagerClient(settings).send(
      new CreateSecretCommand({ Name: name, SecretString }),
    );
    const parameter = { Name: `/${name}`, Value: TOKEN, Type: 'SecureString' } as const;
    await new SSMClient(settings).send(new PutParameterCommand(parameter));
    const [region, account] = ARN.split(':').slice(3);
    return {
      password: `${ARN}:password::`,
      token: `arn:aws:ssm:${region}:${account}:parameter/${name}`,
    };
  })();
  return made;
}

function withSecrets(tier: Tier, id: string, { password, token }: Secrets) {
  const { execution_parameters: parameters, ...rest } = demand(tier, id, SUMS);
  const params = {
    ...{ out: `out @ ${uriOf(tier, `${id}/out`)}`, data: parameters.params.data },
    ...{ password: { secret: password }, token: { secret: token } },
  };
  return { ...rest, execution_parameters: { ...parameters, params } };
}

/** Returns the job of an execution and its definition, as Batch describes them. */
async function batchDocuments(tier: Tier, history: Awaited<ReturnType<typeof historyOf>>) {
  const client = new BatchClient(tier.settings);
  const submitted = history.find(
    ({ taskSubmittedEventDetails: details }) => details?.resourceType === 'batch',
  );
  const { JobId } = JSON.parse(submitted?.taskSubmittedEventDetails?.output ?? '{}');
  const { jobs = [] } = await client.send(new DescribeJobsCommand({ jobs: [JobId] }));
  expect(jobs).toMatchObject([{ container: { secrets: [{ name: 'PASSWORD' }, { name: 'TOKEN' }] } }]);
  const { jobDefinitions = [] } = await client.send(
    new DescribeJobDefinitionsCommand({ jobDefinitions: [jobs[0]?.jobDefinition ?? ''] }),
  );
  expect(jobDefinitions).toMatchObject([
    { containerProperties: { executionRoleArn: expect.stringContaining('ExecutionRole') } },
  ]);
  return { jobs, jobDefinitions };
}

async function logsOf({ settings }: Tier): Promise<string[]> {
  const client = new CloudWatchLogsClient(settings);
  const messages: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {}))
    for (const { logGroupName = '' } of logGroups)
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName }))
        messages.push(...events.map(({ message = '' }) => message));
  expect(messages).not.toEqual([]);
  return messages;
}

/** Returns all files of the file systems, which have records of leases and kept directories. */
function filesOf({ fileSystems = '' }: Tier): string {
  return readdirSync(fileSystems, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
    .join('\n');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
