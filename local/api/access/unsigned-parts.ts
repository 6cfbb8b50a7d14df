/**
 * Refuses requests with a part that no signature covers. A copy with another such part would have the same signature.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import type { SignatureClaim } from './claim';
import { AccessRefused } from './refusal';

/** @throws AccessRefused */
export function refuseUnsignedParts(
  path: string,
  query: URLSearchParams,
  { service }: Pick<SignatureClaim, 'service'>,
): void {
  const isHidden = [...query.keys()].some(
    (name) => name !== 'X-Amz-Signature' && name.toLowerCase() === 'x-amz-signature',
  );
  if (isHidden) throw new AccessRefused('malformed', 'The query names the signature X-Amz-Signature');
  // The signature of every other service covers the path without these names.
  if (service !== 's3' && path.split('/').slice(1).some(isDropped))
    throw new AccessRefused('malformed', 'A path has no empty name, "." or ".."');
}

function isDropped(name: string, index: number, all: readonly string[]): boolean {
  return name === '.' || name === '..' || (name === '' && index < all.length - 1);
}
