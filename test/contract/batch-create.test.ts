import {
  BatchClient,
  DeregisterJobDefinitionCommand,
  DescribeJobDefinitionsCommand,
  type JobDefinition,
} from '@aws-sdk/client-batch';
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { AwsJobDefinitions } from '../../src/adapters/aws/aws-job-definitions';
import { AwsJobQueues } from '../../src/adapters/aws/aws-job-queues';
import { AwsRepositories } from '../../src/adapters/aws/aws-repositories';
import { UNRESTRICTED } from '../../src/rules/model';
import { prepareBatchArgs } from '../../src/steps/prepare-batch-args';
import { withoutEmpty } from '../../src/wire/json';
import { endpoint } from '../api/endpoint';
import { createJobQueue } from '../api/job-queue';
import { BATCH_DEVIATIONS, type BatchAnswer, type BatchCase } from './batch-deviations';
import { readVectors, testEachCase } from './vectors';

const UNIQUE = '00000000-0000-4000-8000-000000000000';

const { world, cases: recorded } = readVectors('batch-create');
const { region } = world;
const cases = recorded as unknown as readonly BatchCase[];
const batch = new BatchClient({ region, endpoint: endpoint() });
const ecr = new ECRClient({ region, endpoint: endpoint() });

/** The recordings list no queues and repositories. The tests create those that the recorded answers name. */
beforeAll(async () => {
  const queues = cases.flatMap(({ response }) => response?.job_queue_arn ?? []);
  for (const name of new Set(queues)) await createJobQueue(batch, String(name));
  const images = cases.flatMap(
    ({ job_definition_registered: registered }) => registered?.containerProperties?.image ?? [],
  );
  const names = images.flatMap((image) => /\.dkr\.ecr\.[^/]+\/([^:@]+)/.exec(image)?.[1] ?? []);
  for (const repositoryName of new Set(names))
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
});

describe('batch create on the Batch and ECR APIs', () => {
  testEachCase(cases, async (given) => {
    expect(await answerTo(given)).toEqual(expectedAnswer(given));
  });

  test.each(BATCH_DEVIATIONS)('still differs: $name', (deviation) => {
    const touched = cases.filter((given) => given.response !== undefined && deviation.applies(given));
    if (process.env.CONTRACT_VECTORS === undefined) expect(touched).not.toHaveLength(0);
    for (const given of touched) expect(deviation.expected(original(given))).not.toEqual(original(given));
  });
});

async function answerTo({ request, env_base: envBase }: BatchCase): Promise<BatchAnswer | 'refused'> {
  try {
    const response = await prepareBatchArgs(request, {
      jobDefinitions: new AwsJobDefinitions(batch),
      jobQueues: new AwsJobQueues(batch),
      repositories: new AwsRepositories(ecr),
      uniqueId: () => UNIQUE,
      settings: { envBase, region, revisionsKept: 50, rules: UNRESTRICTED, accessPoints: 'unknown' },
    });
    return comparable({ response, registered: await takeDefinition(response.job_definition_arn) });
  } catch (error) {
    // A refusal has one of these names. Any other error is a defect.
    expect(['DemandValidationError', 'ImageNotFound']).toContain((error as Error).name);
    return 'refused';
  }
}

/** Returns the registered definition, and deregisters it: the next case may use the same name. */
async function takeDefinition(arn: string): Promise<Partial<JobDefinition>> {
  const { jobDefinitions = [] } = await batch.send(
    new DescribeJobDefinitionsCommand({ jobDefinitions: [arn] }),
  );
  await batch.send(new DeregisterJobDefinitionCommand({ jobDefinition: arn }));
  return jobDefinitions[0] ?? {};
}

function expectedAnswer(given: BatchCase): BatchAnswer | 'refused' {
  if (given.response === undefined) return 'refused';
  return BATCH_DEVIATIONS.filter((deviation) => deviation.applies(given)).reduce<BatchAnswer | 'refused'>(
    (answer, deviation) => (answer === 'refused' ? answer : deviation.expected(answer)),
    original(given),
  );
}

function original({ response, job_definition_registered: registered }: BatchCase): BatchAnswer {
  return comparable({ response, registered } as BatchAnswer);
}

/** Returns the answer without its changing parts: the revision, the unique end of a name, the letter case of actions. */
function comparable({ response, registered }: BatchAnswer): BatchAnswer {
  const { jobDefinitionName, type, parameters, retryStrategy, containerProperties, tags, propagateTags } =
    registered;
  const rules = retryStrategy?.evaluateOnExit?.map((rule) => ({
    ...rule,
    action: rule.action?.toLowerCase(),
  }));
  return JSON.parse(
    JSON.stringify({
      response: {
        ...response,
        job_name: response.job_name.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, UNIQUE),
        job_definition_arn: response.job_definition_arn.replace(/:\d+$/, ''),
      },
      registered: {
        ...{ jobDefinitionName, type, parameters, containerProperties, tags, propagateTags },
        retryStrategy: { ...retryStrategy, ...withoutEmpty({ evaluateOnExit: rules }) },
      },
    }),
  );
}
