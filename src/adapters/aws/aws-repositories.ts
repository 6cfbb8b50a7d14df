/** Looks up image repositories of the account through the ECR API. */
import {
  DescribeRepositoriesCommand,
  type ECRClient,
  InvalidParameterException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import type { ImageRepositories } from '../../batch/model';

export class AwsRepositories implements ImageRepositories {
  constructor(private readonly client: ECRClient) {}

  async uriOf(repositoryName: string): Promise<string | undefined> {
    try {
      const { repositories } = await this.client.send(
        new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
      );
      return repositories?.[0]?.repositoryUri;
    } catch (error) {
      // ECR has no repository with an invalid name.
      if (error instanceof RepositoryNotFoundException || error instanceof InvalidParameterException)
        return undefined;
      throw error;
    }
  }
}
