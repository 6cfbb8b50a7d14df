/** Tells the progress of transfers, by the parameter that each of them moves. */
import type { Layout } from '../../src/context/layout';
import { isWithin } from '../../src/context/paths';
import type { ParameterTransfer } from '../../src/demand/parameters';
import type { DataSyncWorld } from '../../src/steps/transfer-results';
import { textOf } from '../../src/transfer/location';
import type { DataSyncRequest } from '../../src/transfer/request';
import type { Listener } from './events';

/** Milliseconds between two events of one transfer, which may have a million files, or a file of a million chunks. */
const PACE_MS = 100;

type NamedTransfer = Pick<ParameterTransfer, 'name' | 'direction'>;

/** The end of each transfer is an event. Its progress gives events at a pace that a reader can follow. */
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

/** The remote location names the parameter. Demand and requests have the same one, and the parts of a large transfer continue it. */
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
