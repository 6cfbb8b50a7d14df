/** Examines a request: reads it, lays the execution out, and collects all problems of form and meaning. */
import { nameBudgetProblems } from '../batch/naming';
import { type Problem, refuseIfAny } from '../errors';
import type { RuleSettings } from '../rules/model';
import { ruleProblems } from '../rules/rules';
import { withoutEmpty } from '../wire/json';
import { askedOfDemand } from './asked';
import { type Layout, type LayoutSettings, layOut } from './layout';
import { type LayoutInput, readRequest, type ScaffoldingRequest } from './request';

export interface ExamineSettings extends LayoutSettings, RuleSettings {}

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

/** Examines a request without any call to AWS: its form, its meaning, and the rules of the stage. */
export function examineRequest(value: unknown, settings: ExamineSettings): ExaminedRequest {
  const { request, layoutInput, problems, demandPointer } = readRequest(value);
  const laidOut = layoutInput === undefined ? undefined : layOut(layoutInput, settings);
  const names = request && laidOut ? tooLongNames(request, laidOut.layout, settings) : [];
  const asked = layoutInput && laidOut && askedOfDemand(layoutInput, laidOut.layout, demandPointer);
  return {
    ...withoutEmpty({ request, layoutInput, layout: laidOut?.layout }),
    problems: [
      ...problems,
      ...withDemandPointer([...(laidOut?.problems ?? []), ...names], demandPointer),
      ...(asked ? ruleProblems(asked, settings.rules) : []),
    ],
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
export function readValidRequest(value: unknown, settings: ExamineSettings): ValidRequest {
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
