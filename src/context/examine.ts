/** Examines a request: reads it, lays the execution out, and collects all problems of form and meaning. */
import { nameBudgetProblems } from '../batch/naming';
import { type Problem, refuseIfAny } from '../errors';
import { withoutEmpty } from '../wire/json';
import { type Layout, type LayoutSettings, layOut } from './layout';
import { type LayoutInput, readRequest, type ScaffoldingRequest } from './request';

/** A request without problems. */
export interface ValidRequest {
  readonly request: ScaffoldingRequest;
  readonly layout: Layout;
}

export interface ExaminedRequest extends Partial<ValidRequest> {
  /** The pointer to the demand in the given document: `''` or `/demand_execution`. */
  readonly demandPointer: string;
  readonly layoutInput?: LayoutInput;
  readonly problems: readonly Problem[];
}

/** Examines a request without any call to AWS. */
export function examineRequest(value: unknown, settings: LayoutSettings): ExaminedRequest {
  const { request, layoutInput, problems, demandPointer } = readRequest(value);
  const laidOut = layoutInput === undefined ? undefined : layOut(layoutInput, settings);
  const names = request && laidOut ? tooLongNames(request, laidOut.layout, settings) : [];
  return {
    ...withoutEmpty({ request, layoutInput, layout: laidOut?.layout }),
    problems: [...problems, ...withDemandPointer([...(laidOut?.problems ?? []), ...names], demandPointer)],
    demandPointer,
  };
}

function tooLongNames(
  { demandExecution: { executionType } }: ScaffoldingRequest,
  { chosen: { scratch, shared, tmp } }: Layout,
  { envBase }: LayoutSettings,
): Problem[] {
  const volumes = [scratch, shared, tmp].flatMap((volume) => volume?.containerPath ?? []);
  return nameBudgetProblems({ envBase, executionType }, volumes);
}

/** Returns a valid request. @throws DemandValidationError with all problems that {@link examineRequest} finds */
export function readValidRequest(value: unknown, settings: LayoutSettings): ValidRequest {
  const { request, layout, problems } = examineRequest(value, settings);
  refuseIfAny(problems);
  if (request === undefined || layout === undefined)
    throw new TypeError('the reader returned no request and no problem');
  return { request, layout };
}

/** Returns problems of a demand with pointers into the given document. */
export function withDemandPointer(problems: readonly Problem[], demandPointer: string): Problem[] {
  return problems.map(({ pointer, ...rest }) => ({ pointer: `${demandPointer}${pointer}`, ...rest }));
}
