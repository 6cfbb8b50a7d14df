/** Image repositories of this account, through the ECR API. */
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
      // A name that ECR would not even take is no repository either.
      if (error instanceof RepositoryNotFoundException || error instanceof InvalidParameterException)
        return undefined;
      throw error;
    }
  }
}
