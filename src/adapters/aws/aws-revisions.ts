/** Lists and deregisters the job definitions of a stage through the Batch API. */
import {
  type BatchClient,
  DeregisterJobDefinitionCommand,
  paginateDescribeJobDefinitions,
} from '@aws-sdk/client-batch';
import type { DefinitionRevision, Revisions } from '../../sweep/revisions';

export class AwsRevisions implements Revisions {
  readonly #ours: RegExp;

  /** @param envBase the begin of the names of the stage's job definitions */
  constructor(
    private readonly client: BatchClient,
    envBase: string,
  ) {
    // The name ends with the SHA-256 of type, image and command: src/batch/naming.ts.
    this.#ours = new RegExp(`^${envBase}-.*-[0-9a-f]{64}$`, 's');
  }

  async active(): Promise<readonly DefinitionRevision[]> {
    const found: DefinitionRevision[] = [];
    for await (const { jobDefinitions = [] } of paginateDescribeJobDefinitions(
      { client: this.client },
      { status: 'ACTIVE' },
    ))
      for (const { jobDefinitionName: name = '', revision = 0, jobDefinitionArn: arn = '' } of jobDefinitions)
        if (this.#ours.test(name)) found.push({ name, revision, arn });
    return found;
  }

  async deregister(arn: string): Promise<void> {
    await this.client.send(new DeregisterJobDefinitionCommand({ jobDefinition: arn }));
  }
}
