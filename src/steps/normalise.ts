import { examineRequest, inDemand } from '../context/examine';
import { inputProblems } from '../context/inputs';
import type { Layout, LayoutOptions } from '../context/layout';
import { nestedOutputProblems } from '../context/overlaps';
import type { ScaffoldingRequest } from '../context/request';
import { givenResources, writeDemandExecution } from '../demand/model';
import { type Problem, refuseIfAny } from '../errors';
import type { Stores } from '../transfer/store';
import { isJsonObject } from '../wire/json';

export interface NormaliseWorld extends LayoutOptions {
  readonly stores: Stores;
  readonly signal: AbortSignal;
}

/**
 * First step: a demand or a scaffolding request in, a scaffolding request in its one form out.
 *
 * @throws DemandValidationError naming every mistake: of form, of meaning, and inputs that are not there
 */
export async function normalise(event: unknown, world: NormaliseWorld) {
  const { request, problems } = await examine(event, world);
  refuseIfAny(problems);
  if (request === undefined) throw new TypeError('a request without problems was read as none');
  const { demandExecution } = request;
  return {
    demand_execution: writeDemandExecution(demandExecution, demandExecution.executionParameters.params),
    file_system_configurations: given(event, 'file_system_configurations', 'fileSystemConfigurations'),
    context_manager_configuration: given(
      event,
      'context_manager_configuration',
      'contextManagerConfiguration',
    ),
  };
}

export interface Examined {
  readonly request?: ScaffoldingRequest;
  readonly layout?: Layout;
  readonly problems: readonly Problem[];
}

/** Everything there is to say about a demand, without a change to the world. */
export async function examine(event: unknown, world: NormaliseWorld): Promise<Examined> {
  const { problems, demandPointer, ...examined } = examineRequest(event, world);
  const further = [
    ...(examined.layout === undefined ? [] : await transferProblems(examined.layout, world)),
    ...(examined.request === undefined ? [] : nameProblems(examined.request)),
    ...(examined.request === undefined ? [] : resourceProblems(examined.request)),
  ];
  return { ...examined, problems: [...problems, ...inDemand(further, demandPointer)] };
}

async function transferProblems({ parameters }: Layout, { stores, signal }: NormaliseWorld) {
  const inputs = await inputProblems(parameters.inputs, stores, signal);
  return [...nestedOutputProblems(parameters), ...inputs];
}

/** The type becomes part of the job definition's name. */
function nameProblems({ demandExecution: { executionType } }: ScaffoldingRequest): Problem[] {
  if (/^[A-Za-z0-9_-]*$/.test(executionType)) return [];
  return [
    {
      pointer: '/execution_type',
      message: `"${executionType}" has characters that AWS Batch does not take in a name`,
      remedy: 'Use letters, digits, hyphens and underscores',
    },
  ];
}

/** AWS Batch registers no container without them; better said now than after the data were moved. */
function resourceProblems({ demandExecution }: ScaffoldingRequest): Problem[] {
  const resources: Partial<Record<string, number>> = givenResources(demandExecution.resourceRequirements);
  return (['memory', 'vcpus'] as const)
    .filter((name) => resources[name] === undefined)
    .map((name) => ({
      pointer: `/resource_requirements/${name}`,
      message: `${name} is missing, and AWS Batch runs no container without it`,
      remedy: `Add "${name}": ${name === 'memory' ? '2048 (MiB)' : '1'}`,
    }));
}

function given(event: unknown, snake: string, camel: string): unknown {
  return isJsonObject(event) ? (event[camel] ?? event[snake] ?? {}) : {};
}
