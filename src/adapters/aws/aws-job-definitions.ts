/** Lists, registers and deregisters job definitions through the Batch API. */
import {
  type ContainerProperties as AwsContainerProperties,
  type BatchClient,
  DeregisterJobDefinitionCommand,
  type JobDefinition,
  paginateDescribeJobDefinitions,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
} from '@aws-sdk/client-batch';
import type { JobDefinitions, JobDefinitionToRegister, RegisteredJobDefinition } from '../../batch/model';
import { withoutEmpty } from '../../wire/json';

export class AwsJobDefinitions implements JobDefinitions {
  constructor(private readonly client: BatchClient) {}

  async active(name: string): Promise<readonly RegisteredJobDefinition[]> {
    const found: JobDefinition[] = [];
    const query = { jobDefinitionName: name, status: 'ACTIVE' };
    for await (const page of paginateDescribeJobDefinitions({ client: this.client }, query))
      found.push(...(page.jobDefinitions ?? []));
    return found
      .sort((left, right) => (left.revision ?? 0) - (right.revision ?? 0))
      .map((definition) => ({ arn: definition.jobDefinitionArn ?? '', definition: toOurs(definition) }));
  }

  async register(definition: JobDefinitionToRegister): Promise<string> {
    // The SDK's input types have the same fields, but mutable.
    const input = structuredClone(definition) as unknown as RegisterJobDefinitionCommandInput;
    const { jobDefinitionArn } = await this.client.send(new RegisterJobDefinitionCommand(input));
    return jobDefinitionArn ?? '';
  }

  async deregister(arn: string): Promise<void> {
    await this.client.send(new DeregisterJobDefinitionCommand({ jobDefinition: arn }));
  }
}

/** Returns the fields of a definition that describe the job, without the fields that Batch adds. */
function toOurs(definition: JobDefinition): JobDefinitionToRegister {
  const { jobDefinitionName, parameters, retryStrategy, tags, propagateTags } = definition;
  return {
    jobDefinitionName: jobDefinitionName ?? '',
    type: 'container',
    parameters: parameters ?? {},
    containerProperties: toOurContainer(definition.containerProperties ?? {}),
    retryStrategy: (retryStrategy ?? { attempts: 1 }) as JobDefinitionToRegister['retryStrategy'],
    tags: tags ?? {},
    propagateTags: propagateTags ?? false,
  };
}

/** Keeps fields that this service never sets: a definition with them differs from every definition of this service. */
function toOurContainer(container: AwsContainerProperties): JobDefinitionToRegister['containerProperties'] {
  const defaults = {
    image: '',
    command: [],
    environment: [],
    mountPoints: [],
    volumes: [],
    resourceRequirements: [],
    privileged: false,
    ulimits: [],
    secrets: [],
  };
  return {
    ...defaults,
    ...withoutEmpty(container),
  } as unknown as JobDefinitionToRegister['containerProperties'];
}
