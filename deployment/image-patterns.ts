/** The images of demands as values of IAM's condition key `batch:Image`. */
import type { ROLE_POLICY_CHARACTERS } from '../src/aws-limits';
import { DOCKER_HUB, type Image, LIBRARY, parseImageRule } from '../src/rules/images';
import { ANY } from '../src/rules/model';

/** Characters of all patterns. The policies of the role have {@link ROLE_POLICY_CHARACTERS}, with other statements. */
const MOST_CHARACTERS = 6_000;
const EVERY_IMAGE = ['*'];

/**
 * Returns patterns that match each image that the rules permit, as a job definition has it (src/batch/images.ts). They may
 * match more: IAM is the second wall. For a long list they are only the registries of the list.
 *
 * @param own the ECR registry of the account, for images without a registry
 */
export function imagePatterns(images: readonly string[], own: string): string[] {
  if (images.includes(ANY)) return EVERY_IMAGE;
  const rules = images.flatMap((text) => parseImageRule(text) ?? []);
  const registryOf = ({ registry = own }: Image) => registry;
  const exact = rules.flatMap(({ image, folder }) =>
    spellingsOf(image, folder).flatMap((repository) =>
      folder === undefined
        ? referencesOf(`${registryOf(image)}/${repository}`, image)
        : [`${registryOf(image)}/${repository}*`],
    ),
  );
  const unique = [...new Set(exact)];
  if (unique.join().length <= MOST_CHARACTERS) return unique;
  return [...new Set(rules.map(({ image }) => `${registryOf(image)}/*`))];
}

/** `docker.io/library/debian` is also `docker.io/debian`. */
function spellingsOf({ registry, repository }: Image, folder?: string): readonly string[] {
  const name = folder ?? repository;
  const isShort = registry === DOCKER_HUB && name.startsWith(LIBRARY);
  return isShort ? [name, name.slice(LIBRARY.length)] : [name];
}

function referencesOf(repository: string, { tag, digest }: Image): readonly string[] {
  if (digest !== undefined) return [`${repository}@${digest}`, `${repository}:*@${digest}`];
  if (tag === undefined) return [repository, `${repository}:*`, `${repository}@*`];
  return tag === 'latest' ? [repository, `${repository}:latest`] : [`${repository}:${tag}`];
}
