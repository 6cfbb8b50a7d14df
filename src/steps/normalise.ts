import * as v from 'valibot';
import { examineRequest, withDemandPointer } from '../context/examine';
import { demandHazards, volumeHazards } from '../context/hazards';
import { type InputsWorld, inputProblems } from '../context/inputs';
import type { Layout, LayoutSettings } from '../context/layout';
import { type Documents, writeRequest } from '../context/references';
import { readField, type ScaffoldingRequest } from '../context/request';
import { writeDemandExecution } from '../demand/model';
import { type Problem, refuseIfAny } from '../errors';
import { withoutEmpty } from '../wire/json';
import { model, readModel } from '../wire/schema';

const eventSchema = model({ input: v.unknown() });

export interface NormaliseWorld extends InputsWorld {
  readonly settings: LayoutSettings;
}

/**
 * First step: a demand or a scaffolding request in, a scaffolding request in its one form out.
 *
 * @throws DemandValidationError naming every mistake: of form, of meaning, and inputs that are not there
 * @throws what S3 fails with, where that is no answer
 */
export async function normalise(event: unknown, world: NormaliseWorld) {
  const { request, problems } = await examine(event, world);
  refuseIfAny(problems);
  if (request === undefined) throw new TypeError('a request without problems was read as none');
  const { demandExecution } = request;
  return {
    demand_execution: writeDemandExecution(demandExecution),
    file_system_configurations: given(event, 'file_system_configurations'),
    context_manager_configuration: given(event, 'context_manager_configuration'),
  };
}

/**
 * The same for a state machine, whose own input is under `input`: what is too large for its state is written to S3, and
 * `{request_uri}` is the answer.
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

/** Everything there is to say about a demand, without a change to the world. */
export async function examine(event: unknown, world: NormaliseWorld): Promise<Examined> {
  const { problems, demandPointer, layoutInput, layout, request } = examineRequest(event, world.settings);
  if (layoutInput === undefined || layout === undefined) return { problems };
  const inputs = await inputProblems(layout.parameters.inputs, world);
  const further = withDemandPointer([...demandHazards(layoutInput, layout), ...inputs], demandPointer);
  return {
    ...withoutEmpty({ request }),
    layout,
    problems: [...problems, ...volumeHazards(layout), ...further],
  };
}

/** A part of a request; a demand alone has none, whatever stands in it under that name. */
function given(event: unknown, name: string): unknown {
  const isRequest = readField(event, 'demand_execution') !== undefined;
  return (isRequest ? readField(event, name) : undefined) ?? {};
}
