/** Which parameter a transfer moves. */

import type { Layout } from '../../src/context/layout';
import { isWithin } from '../../src/context/paths';
import type { Transfer } from '../../src/demand/parameters';
import type { DataSyncRequest } from '../../src/transfer/request';

export type NamedTransfer = Pick<Transfer, 'name' | 'direction'>;

/** By the remote side: it is the same in the demand, in its requests, and (with more behind) in the parts of a large one. */
export function transferNamer({ parameters }: Layout): (request: DataSyncRequest) => NamedTransfer {
  return ({ sourcePath, destinationPath }) => {
    const match = longest(parameters.inputs, sourcePath) ?? longest(parameters.outputs, destinationPath);
    return match ?? { name: sourcePath, direction: 'input' };
  };
}

function longest(transfers: readonly Transfer[], path: string): NamedTransfer | undefined {
  const [match] = transfers
    .filter(({ remote }) => isWithin(path, remote))
    .sort((one, other) => other.remote.length - one.remote.length);
  return match && { name: match.name, direction: match.direction };
}
