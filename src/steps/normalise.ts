import * as v from 'valibot';
import { type ExamineSettings, examineRequest, withDemandPointer } from '../context/examine';
import { demandHazards, volumeHazards } from '../context/hazards';
import { misspeltFields } from '../context/ignored-fields';
import { type InputsWorld, inputProblems } from '../context/inputs';
import type { Layout } from '../context/layout';
import { type Documents, writeRequest } from '../context/references';
import { readField, type ScaffoldingRequest } from '../context/request';
import { resumedExecution, resumptionProblems } from '../context/resumption';
import { stageProblems } from '../context/stage-rules';
import { writeDemandExecution } from '../demand/model';
import { malformedTexts } from '../demand/refusals';
import type { StageAccessPoints } from '../efs/stage-access-points';
import { type Problem, refuseIfAny } from '../errors';
import { permitsPlace } from '../rules/places';
import { withoutEmpty } from '../wire/json';
import { nestingProblem } from '../wire/problems';
import { model, readModel } from '../wire/schema';

const eventSchema = model({ input: v.unknown() });

interface NormaliseSettings extends ExamineSettings {
  /** The access points that the stage lists for each role. */
  readonly accessPoints: StageAccessPoints;
}

export interface NormaliseWorld extends InputsWorld {
  readonly settings: NormaliseSettings;
}

/**
 * First step of a machine: a demand or a scaffolding request in, a scaffolding request in its normal form out. The inputs of
 * a resumption may be gone, because no job reads them.
 *
 * @throws DemandValidationError naming every mistake: of form, of meaning, and every missing input
 * @throws a passing error of S3
 */
export async function normalise(event: unknown, world: NormaliseWorld) {
  const { request, problems } = await examine(event, world);
  refuseIfAny(problems);
  if (request === undefined) throw new TypeError('the reader returned no request and no problem');
  const { demandExecution } = request;
  return {
    demand_execution: writeDemandExecution(demandExecution),
    file_system_configurations: requestField(event, 'file_system_configurations'),
    context_manager_configuration: requestField(event, 'context_manager_configuration'),
    ...withoutEmpty({ resumes: resumedExecution(event) }),
  };
}

/**
 * Does {@link normalise} for a state machine: `{input}` in. A request that is too large for the state goes to S3, and
 * the answer is `{request_uri}`.
 *
 * @throws the errors of {@link normalise}
 */
export async function normaliseForState(
  event: unknown,
  world: NormaliseWorld & { readonly documents: Documents },
) {
  return writeRequest(await normalise(readModel(eventSchema, event).input, world), world.documents);
}

export interface Examined {
  readonly request?: ScaffoldingRequest;
  readonly layout?: Layout;
  readonly problems: readonly Problem[];
}

/** Checks a demand and its inputs, and changes nothing. @throws a passing error of S3 */
export async function examine(event: unknown, world: NormaliseWorld): Promise<Examined> {
  const examined = examineRequest(event, world.settings);
  const { demandPointer, layoutInput, layout, request } = examined;
  const isReadable = nestingProblem(event, []) === undefined;
  const problems = [
    ...examined.problems,
    ...resumptionProblems(event),
    ...(isReadable ? [...malformedTexts(event), ...misspeltFields(event)] : []),
  ];
  if (layoutInput === undefined || layout === undefined) return { problems };
  const { rules } = world.settings;
  // The bucket of a forbidden input is another's, so nobody looks into it.
  const readable = layout.parameters.inputs.filter(
    ({ location }) => resumedExecution(event) === undefined && permitsPlace(rules.read, location, rules),
  );
  const inputs = await inputProblems(readable, world);
  const further = withDemandPointer([...demandHazards(layoutInput, layout), ...inputs], demandPointer);
  const ofStage = stageProblems(layoutInput, world.settings.accessPoints, demandPointer);
  return {
    ...withoutEmpty({ request }),
    layout,
    problems: [...problems, ...ofStage, ...volumeHazards(layout), ...further],
  };
}

/** Returns a field of a scaffolding request; `{}` for a demand alone, also when the demand has a field of this name. */
function requestField(event: unknown, name: string): unknown {
  const isRequest = readField(event, 'demand_execution') !== undefined;
  return (isRequest ? readField(event, name) : undefined) ?? {};
}
