/** The scaffolding request: a demand with the settings of its execution. A demand alone is a request with all defaults. */
import * as v from 'valibot';
import {
  demandExecutionSchema,
  type ExecutionParameters,
  executionParametersSchema,
  type JobParts,
  jobPartsSchema,
} from '../demand/model';
import { type ResourceRequirements, resourcesSchema } from '../demand/resources';
import { type FileSystemConfigurations, fileSystemConfigurationsSchema } from '../efs/configuration';
import { type Problem, refuseIfAny } from '../errors';
import { isJsonObject, withoutEmpty } from '../wire/json';
import { toCamelCase, toSnakeCase } from '../wire/names';
import { model, tryModel } from '../wire/schema';
import { type ContextConfiguration, contextConfigurationSchema } from './configuration';

export const scaffoldingRequestSchema = model({
  demandExecution: demandExecutionSchema,
  fileSystemConfigurations: v.optional(fileSystemConfigurationsSchema, {}),
  contextManagerConfiguration: v.optional(contextConfigurationSchema, {}),
});

const NO_OBJECT: Problem = {
  pointer: '',
  message: 'expected an object with a demand, got something else',
  remedy: 'Give {"execution_type": ..., "execution_id": ..., ...}, or {"demand_execution": {...}}',
};

const NAMING_PARAMETERS = ['inputs', 'outputs', 'param_pair_overrides'] as const;

export type ScaffoldingRequest = v.InferOutput<typeof scaffoldingRequestSchema>;

/** The fields that a layout needs. A request with mistakes in other fields has a layout, too. */
export interface LayoutInput {
  readonly executionId: string;
  readonly parameters: ExecutionParameters;
  readonly fileSystems: FileSystemConfigurations;
  readonly configuration: ContextConfiguration;
  /** Absent when it could not be read. */
  readonly executionType?: string;
  /** Absent when it could not be read. */
  readonly executionImage?: string;
  /** Absent when they could not be read. */
  readonly resources?: ResourceRequirements;
  /** Without the fields that could not be read. */
  readonly job: JobParts;
}

export interface ReadRequest {
  readonly request?: ScaffoldingRequest;
  /** Absent when the parameters could not be read. */
  readonly layoutInput?: LayoutInput;
  readonly problems: readonly Problem[];
  /** The pointer to the demand in the given document: `''` or `/demand_execution`. */
  readonly demandPointer: string;
}

/** Reads a demand or a scaffolding request, and collects all problems of its form. The valid parts are read in any case. */
export function readRequest(value: unknown): ReadRequest {
  if (!isJsonObject(value)) return { problems: [NO_OBJECT], demandPointer: '' };
  const isRequest = readField(value, 'demand_execution') !== undefined;
  const demandPointer = isRequest ? '/demand_execution' : '';
  const { output: request, problems } = tryModel(
    scaffoldingRequestSchema,
    isRequest ? value : { demand_execution: value },
  );
  if (request !== undefined) return { request, layoutInput: layoutInputOf(request), problems, demandPointer };
  const layoutInput = readValidParts(isRequest ? value : { demand_execution: value });
  return {
    ...withoutEmpty({ layoutInput }),
    problems: isRequest ? problems : problems.map(withoutDemandPrefix),
    demandPointer,
  };
}

/** Reads a valid request. @throws DemandValidationError with all problems of its form */
export function readRequestOrRefuse(value: unknown): ScaffoldingRequest {
  const { request, problems } = readRequest(value);
  refuseIfAny(problems);
  if (request === undefined) throw new TypeError('the reader returned no request and no problem');
  return request;
}

function layoutInputOf(request: ScaffoldingRequest): LayoutInput {
  return {
    job: request.demandExecution.executionPlatform.awsBatch,
    executionId: request.demandExecution.executionId,
    parameters: request.demandExecution.executionParameters,
    fileSystems: request.fileSystemConfigurations,
    configuration: request.contextManagerConfiguration,
    executionType: request.demandExecution.executionType,
    executionImage: request.demandExecution.executionImage,
    resources: request.demandExecution.resourceRequirements,
  };
}

/** Reads the valid parts of a request with mistakes. They are checked further, so that the user sees all mistakes at once. */
function readValidParts(request: Record<string, unknown>): LayoutInput | undefined {
  const demand = readField(request, 'demand_execution');
  const parameters = readValidParameters(readField(demand, 'execution_parameters'));
  if (parameters === undefined) return undefined;
  const executionId = readField(demand, 'execution_id');
  const executionType = readField(demand, 'execution_type');
  const executionImage = readField(demand, 'execution_image');
  const resources = tryModel(resourcesSchema, readField(demand, 'resource_requirements') ?? {}).output;
  return {
    ...(typeof executionType === 'string' && { executionType }),
    ...(typeof executionImage === 'string' && { executionImage }),
    job: readValidFields(jobPartsSchema, readField(readField(demand, 'execution_platform'), 'aws_batch')),
    ...withoutEmpty({ resources }),
    executionId: typeof executionId === 'string' && executionId !== '' ? executionId : 'unknown',
    parameters,
    fileSystems: orDefault(fileSystemConfigurationsSchema, readField(request, 'file_system_configurations')),
    configuration: orDefault(contextConfigurationSchema, readField(request, 'context_manager_configuration')),
  };
}

function readValidParameters(given: unknown): ExecutionParameters | undefined {
  if (!isJsonObject(given)) return undefined;
  const { problems } = tryModel(executionParametersSchema, given);
  const broken = new Set(problems.map(({ pointer }) => pointer.split('/')[1]));
  // Without the parameters, the lists that name parameters cannot be checked.
  for (const list of broken.has('params') ? NAMING_PARAMETERS : []) broken.add(list);
  const valid = Object.entries(given).filter(([name]) => !broken.has(toSnakeCase(name)));
  return tryModel(executionParametersSchema, { command: ['unknown'], ...Object.fromEntries(valid) }).output;
}

function readValidFields<T extends v.GenericSchema>(schema: T, given: unknown): v.InferOutput<T> {
  const { problems } = tryModel(schema, given);
  const broken = new Set(problems.map(({ pointer }) => pointer.split('/')[1]));
  const fields = isJsonObject(given) ? Object.entries(given) : [];
  return orDefault(schema, Object.fromEntries(fields.filter(([name]) => !broken.has(toSnakeCase(name)))));
}

function orDefault<T extends v.GenericSchema>(schema: T, value: unknown): v.InferOutput<T> {
  return tryModel(schema, value).output ?? v.parse(schema, {});
}

/** Tells a scaffolding request from a demand alone. */
export function isScaffoldingRequest(document: unknown): document is Record<string, unknown> {
  return isJsonObject(document) && ('demand_execution' in document || 'demandExecution' in document);
}

/** Returns a field by either spelling of its name. */
export function readField(value: unknown, name: string): unknown {
  return isJsonObject(value) ? (value[toCamelCase(name)] ?? value[name]) : undefined;
}

function withoutDemandPrefix({ pointer, ...rest }: Problem): Problem {
  return { pointer: pointer.replace(/^\/demand_execution/, ''), ...rest };
}
