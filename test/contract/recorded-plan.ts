/** Compares plans as the contract does: as sets of nodes, in few and small batches. */
import { fieldOf } from './recorded-request';
import { type DataCase, filesOf } from './recorded-transfer';
import type { World } from './vectors';

interface Batch {
  readonly requests: readonly unknown[] | string;
}

export interface Plan {
  readonly requests: readonly Batch[];
}

const GIBIBYTE = 1024 ** 3;

/** Returns each batch with its list of requests, also for a list in S3. The other fields stay. */
export async function unfoldPlan(
  { requests }: Plan,
  read: (uri: string) => Promise<readonly unknown[]>,
): Promise<{ readonly requests: readonly unknown[] }[]> {
  return Promise.all(
    requests.map(async (batch) => ({
      ...batch,
      requests: typeof batch.requests === 'string' ? await read(batch.requests) : batch.requests,
    })),
  );
}

/** Returns the nodes of a plan in one order, each with the other fields of its batch. */
export function nodesOf(batches: readonly { readonly requests: readonly unknown[] }[]): unknown[] {
  const nodes = batches.flatMap(({ requests, ...batch }) => requests.map((node) => ({ ...batch, node })));
  return nodes.toSorted((one, other) => (keyOf(one.node) < keyOf(other.node) ? -1 : 1));
}

/** Returns the batches with several nodes whose bytes exceed the limit. */
export function tooLarge(
  batches: readonly { readonly requests: readonly unknown[] }[],
  { request }: DataCase,
  world: World,
): unknown[] {
  const limit = Number(fieldOf(request, 'batch_size_bytes_limit') || 250 * GIBIBYTE);
  const sizeOf = (node: unknown) => [...filesOf(node, world).values()].reduce((sum, size) => sum + size, 0);
  return batches.filter(
    ({ requests }) =>
      requests.length > 1 && requests.reduce<number>((sum, node) => sum + sizeOf(node), 0) > limit,
  );
}

function keyOf(node: unknown): string {
  return String(fieldOf(node, 'source_path'));
}
