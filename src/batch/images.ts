/** From the image of a demand to a reference that a container agent can pull. */
import { ImageNotFound } from '../errors';
import type { ImageRepositories } from './model';

const FULL_REFERENCE =
  /^(docker\.io|public\.ecr\.aws|ghcr\.io|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?)\/[a-z0-9._/-]+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/;
const SUFFIX = /(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/;

/**
 * Returns a full reference of a known registry unchanged. Any other image is an ECR repository of this account.
 *
 * @throws ImageNotFound
 */
export async function resolveImage(image: string, repositories: ImageRepositories): Promise<string> {
  if (FULL_REFERENCE.test(image)) return image;
  const suffix = SUFFIX.exec(image)?.[0] ?? '';
  const repository = image.slice(0, image.length - suffix.length);
  const uri = repository === '' ? undefined : await repositories.uriOf(repository);
  if (uri !== undefined) return `${uri}${suffix}`;
  throw new ImageNotFound(
    `/image (the demand's execution_image): "${image}" is not an image reference of docker.io, public.ecr.aws, ghcr.io or ECR, and this account has no ECR repository "${repository}". ` +
      'Write the whole reference (docker.io/library/alpine:3), or create the repository.',
  );
}
