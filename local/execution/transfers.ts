/** How transfers go, told by the parameter that each one moves. */
import type { Layout } from '../../src/context/layout';
import { isWithin } from '../../src/context/paths';
import type { ParameterTransfer } from '../../src/demand/parameters';
import type { DataSyncWorld } from '../../src/steps/data-sync';
import { textOf } from '../../src/transfer/location';
import type { DataSyncRequest } from '../../src/transfer/request';
import type { Listener } from './events';

/** Milliseconds between two events of one transfer: there may be a million files, or one of a million chunks. */
const PACE_MS = 100;

type NamedTransfer = Pick<ParameterTransfer, 'name' | 'direction'>;

/** The end of a transfer is always told; the way there at a pace that a reader can follow. */
export function transferReporter(
  layout: Layout,
  listener: Listener,
  now: () => number,
): DataSyncWorld['report'] {
  const nameOf = transferNamer(layout);
  const told = new Map<string, number>();
  return (request, progress) => {
    const key = `${textOf(request.sourcePath)} ${textOf(request.destinationPath)}`;
    const isDone = progress.filesDone === progress.filesTotal;
    if (!isDone && now() - (told.get(key) ?? 0) < PACE_MS) return;
    told.set(key, now());
    listener({ type: 'transfer', ...nameOf(request), ...progress });
  };
}

/** By the remote side: it is the same in the demand, in its requests, and (with more behind) in the parts of a large one. */
function transferNamer({ parameters }: Layout): (request: DataSyncRequest) => NamedTransfer {
  return ({ sourcePath, destinationPath }) => {
    const [source, destination] = [textOf(sourcePath), textOf(destinationPath)];
    const match = longest(parameters.inputs, source) ?? longest(parameters.outputs, destination);
    return match ?? { name: source, direction: 'input' };
  };
}

function longest(transfers: readonly ParameterTransfer[], path: string): NamedTransfer | undefined {
  const [match] = transfers
    .filter(({ remote }) => isWithin(path, remote))
    .sort((one, other) => other.remote.length - one.remote.length);
  return match && { name: match.name, direction: match.direction };
}
