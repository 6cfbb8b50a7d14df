/**
 * Images, as the rules of a stage list them. They have the form of `execution_image`:
 *
 * - `public.ecr.aws/docker/library/debian`: this repository, with every tag and digest.
 * - `public.ecr.aws/docker/library/*` and `ghcr.io/*`: every repository below.
 * - `ghcr.io/team/tool:1.2`: only this tag, without a digest. `ghcr.io/team/tool@sha256:...`: only this digest.
 * - `tool`: without a registry, a repository in the ECR of the account.
 * - `*`: every image.
 */
import { withoutEmpty } from '../wire/json';
import { ANY, type DemandRules } from './model';

export interface Image {
  /** Absent: the ECR registry of the account. */
  readonly registry?: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/**
 * The grammar of a reference: https://github.com/distribution/reference/blob/main/reference.go
 * The first name is a registry when it has a dot or a port, or is `localhost`.
 */
const REFERENCE =
  /^(?:(localhost(?::\d+)?|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?|[A-Za-z0-9-]+:\d+)\/)?([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;
/** Repositories without an owner are in this folder of the Docker Hub, and may be written without it. */
export const LIBRARY = 'library/';
const PRIVATE_ECR = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;
export const DOCKER_HUB = 'docker.io';
/** The end of a listed image that stands for every repository below, and a name in place of its `*`. */
const ALL_BELOW = /\/\*$/;
const SOME_NAME = 'any';

/** The texts that {@link isImageRule} accepts, in the words of an error message. */
export const IMAGE_FORMS = '*, an image with or without a tag or a digest, or registry/folder/*';

/** Returns whether a text is an item of the list. A registry alone is none: it would be read as a repository. */
export function isImageRule(text: string): boolean {
  if (text === ANY) return true;
  const image = parse(text.replace(ALL_BELOW, `/${SOME_NAME}`));
  return image !== undefined && (image.registry !== undefined || !/^[^/]*\./.test(image.repository));
}

/** An item of a list of images. */
export interface ImageRule {
  /** The image, or some image of the folder. */
  readonly image: Image;
  /** The beginning of the repositories that the item permits, with a slash at its end; empty for a whole registry. */
  readonly folder?: string;
}

/** Reads an item of the list. Returns undefined for `*`, which permits every image, and for any other text. */
export function parseImageRule(rule: string): ImageRule | undefined {
  const image = parse(rule.replace(ALL_BELOW, `/${SOME_NAME}`));
  if (image === undefined) return undefined;
  if (!ALL_BELOW.test(rule)) return { image: withLibrary(image) };
  return { image, folder: image.repository.slice(0, -SOME_NAME.length) };
}

/** Returns whether one of the listed images is the given one, or contains it. */
export function permitsImage(
  given: string,
  { images, registry }: Pick<DemandRules, 'images' | 'registry'>,
): boolean {
  if (images.includes(ANY)) return true;
  const image = parse(given);
  return image !== undefined && images.some((rule) => contains(rule, withLibrary(image), registry));
}

function contains(rule: string, image: Image, own: string | undefined): boolean {
  const { image: listed, folder } = parseImageRule(rule) ?? {};
  if (listed === undefined || !isSameRegistry(listed, image, own)) return false;
  if (folder !== undefined) return image.repository.startsWith(folder);
  return listed.repository === image.repository && isPinnedAs(listed, image);
}

/** A container agent ignores the tag of an image with a digest. So a listed tag permits no digest. */
function isPinnedAs({ tag, digest }: Image, image: Image): boolean {
  if (digest !== undefined) return image.digest === digest;
  if (tag === undefined) return true;
  return image.digest === undefined && (image.tag ?? 'latest') === tag;
}

/** Where the account is not known, every private ECR registry may be its own. */
function isSameRegistry(
  { registry: listed = '' }: Image,
  { registry: given = '' }: Image,
  own = '',
): boolean {
  const [one, other] = [listed || own, given || own];
  if (one === other) return true;
  return own === '' && [one, other].some((each) => each === '') && PRIVATE_ECR.test(one || other);
}

function parse(text: string): Image | undefined {
  const [matched, given, repository = '', tag, digest] = REFERENCE.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const host = given?.toLowerCase();
  return withoutEmpty({
    registry: host === 'index.docker.io' ? DOCKER_HUB : host,
    repository,
    tag,
    digest,
  });
}

/** `docker.io/debian` is `docker.io/library/debian`. */
function withLibrary(image: Image): Image {
  const isOfficial = image.registry === DOCKER_HUB && !image.repository.includes('/');
  return isOfficial ? { ...image, repository: `${LIBRARY}${image.repository}` } : image;
}
