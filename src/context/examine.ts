/** A request read and laid out, with everything that is wrong with it: of form and of meaning. */
import { nameBudgetProblems } from '../batch/job';
import { type Problem, refuseIfAny } from '../errors';
import { type Layout, type LayoutOptions, layOut } from './layout';
import { type Layable, readRequest, type ScaffoldingRequest } from './request';

/** A request that can be built on. */
export interface SoundRequest {
  readonly request: ScaffoldingRequest;
  readonly layout: Layout;
}

export interface ExaminedRequest extends Partial<SoundRequest> {
  /** Where the demand stands in what was given: `''`, or `/demand_execution`. */
  readonly demandPointer: string;
  readonly layable?: Layable;
  readonly problems: readonly Problem[];
}

/** What can be told of a request without asking anybody. */
export function examineRequest(value: unknown, options: LayoutOptions): ExaminedRequest {
  const { request, layable, problems, demandPointer } = readRequest(value);
  const laidOut = layable === undefined ? undefined : layOut(layable, options);
  const names = request && laidOut ? tooLongNames(request, laidOut.layout, options) : [];
  return {
    ...(request !== undefined && { request }),
    ...(layable !== undefined && { layable }),
    ...(laidOut !== undefined && { layout: laidOut.layout }),
    problems: [...problems, ...inDemand([...(laidOut?.problems ?? []), ...names], demandPointer)],
    demandPointer,
  };
}

function tooLongNames(
  { demandExecution: { executionType } }: ScaffoldingRequest,
  { chosen: { scratch, shared, tmp } }: Layout,
  { envBase }: LayoutOptions,
): Problem[] {
  const volumes = [scratch, shared, tmp].flatMap((volume) => volume?.containerPath ?? []);
  return nameBudgetProblems({ envBase, executionType }, volumes);
}

/** @throws DemandValidationError naming everything that {@link examineRequest} finds */
export function soundRequest(value: unknown, options: LayoutOptions): SoundRequest {
  const { request, layout, problems } = examineRequest(value, options);
  refuseIfAny(problems);
  if (request === undefined || layout === undefined)
    throw new TypeError('a request without problems was read as none');
  return { request, layout };
}

/** Pointers into a demand as pointers into what it came in. */
export function inDemand(problems: readonly Problem[], demandPointer: string): Problem[] {
  return problems.map(({ pointer, ...rest }) => ({ pointer: `${demandPointer}${pointer}`, ...rest }));
}
