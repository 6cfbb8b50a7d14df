/** Builds the execution context: the contract's response, with the requests of all later states of the machine. */
import { OVERRIDE_CHARACTERS } from '../aws-limits';
import { batchCreateRequest } from '../batch/job';
import type { JobEnvironment } from '../batch/model';
import type { NamedDemand } from '../batch/naming';
import { writeDemandExecution } from '../demand/model';
import { environmentName } from '../demand/names';
import type { ParameterTransfer } from '../demand/parameters';
import { writeResolvable } from '../demand/resolvables';
import type { Volumes } from '../efs/model';
import { FileSystemNotMounted } from '../errors';
import type { RuleSettings } from '../rules/model';
import type { Location } from '../transfer/location';
import { type MountPoint, tryFindMount } from '../transfer/mounts';
import { writeRemoveDataPathsRequest } from '../transfer/request';
import { ENVIRONMENT_NAME } from '../transfer/reserved';
import { withoutEmpty } from '../wire/json';
import type { ContextConfiguration } from './configuration';
import {
  buildCommand,
  environmentBytes,
  renderEnvironmentFile,
  splitEnvironment,
  withExecution,
} from './environment';
import type { ValidRequest } from './examine';
import type { Layout } from './layout';
import { joinPath, ownerOf, toEfsLocation } from './paths';
import type { ScaffoldingRequest } from './request';
import { inputSyncRequests, outputSyncRequests } from './sync-requests';

/** Bytes of an environment that needs no file. The rest of the overrides is for other fields. */
const ENVIRONMENT_BYTES_LIMIT = OVERRIDE_CHARACTERS * 0.9;
/**
 * The same for a state machine of this service. Its jobs have more variables: the execution, and the ids of up to 15 earlier
 * jobs.
 */
const MACHINE_ENVIRONMENT_BYTES = OVERRIDE_CHARACTERS * 0.8;

/** The environment file. It must exist before the job starts. */
export interface EnvironmentFile {
  /** The path of the file in this process. */
  readonly path: string;
  readonly content: string;
  /** True: the folder of the file lists its names to nobody else. The name is then the only way to the file. */
  readonly isHidden?: boolean;
}

export interface BuiltContext {
  readonly response: ScaffoldingResponse;
  readonly environmentFile?: EnvironmentFile;
  /** The path of the working directory in this process; undefined when the process does not mount the file system. */
  readonly workingDirectory?: string;
}

export type ScaffoldingResponse = ReturnType<typeof writeResponse>;

export interface ContextSettings extends RuleSettings {
  readonly envBase: string;
  /** The file systems that this process mounts. */
  readonly mounts: readonly MountPoint[];
  /**
   * A name that nobody can guess, for the environment file of a state machine of this service. Only the job gets it.
   * Without it the file is that of the contract: `.demand.env` in the working directory.
   */
  readonly hiddenName?: string;
}

/**
 * Builds the context of an execution on resolved volumes. Nothing is written.
 *
 * @param execution ARN of the execution of a state machine. Its job claims the working directory, if this process mounts
 * the directory. Without it the answer is that of the contract.
 * @throws FileSystemNotMounted for a path outside of the volumes
 */
export function buildContext(
  { request, layout }: ValidRequest,
  volumes: Volumes,
  { envBase, mounts, hiddenName, rules }: ContextSettings,
  execution?: string,
): BuiltContext {
  const names = namesOf(request, layout, envBase);
  const located = locationOf(layout.paths.workingDirectory, volumes);
  const workingDirectory = tryFindMount(located, mounts)?.location.path;
  const split = splitForFile(request, layout, workingDirectory, hiddenName);
  const direct = split?.direct ?? layout.environment;
  const claimant = workingDirectory === undefined ? undefined : execution;
  const command = buildCommand(names.command, {
    hasEnvironmentFile: split !== undefined,
    claims: claimant !== undefined,
  });
  const environment = claimant === undefined ? direct : withExecution(direct, claimant);
  const response = writeResponse(request, layout, volumes, names, { command, environment, rules });
  return {
    response,
    ...withoutEmpty({ workingDirectory }),
    ...(split !== undefined && {
      environmentFile: {
        path: split.path,
        content: renderEnvironmentFile(split.file),
        ...(hiddenName !== undefined && { isHidden: true }),
      },
    }),
  };
}

interface JobToWrite extends RuleSettings {
  readonly command: readonly string[];
  readonly environment: JobEnvironment;
}

function writeResponse(
  request: ScaffoldingRequest,
  layout: Layout,
  volumes: Volumes,
  names: NamedDemand,
  { command, environment, rules }: JobToWrite,
) {
  const { demandExecution: demand, contextManagerConfiguration: configuration } = request;
  const { inputs, outputs, secrets } = layout.parameters;
  const locate = (path: string) => locationOf(path, volumes);
  const { privileged } = configuration;
  return {
    demand_execution: writeDemandExecution({
      ...demand,
      executionParameters: { ...demand.executionParameters, params: names.params },
    }),
    setup_configs: {
      data_sync_requests: inputSyncRequests(
        inputs,
        locate,
        configuration.inputDataSyncConfiguration,
        !configuration.isolateInputs,
      ),
      batch_create_request: batchCreateRequest({
        ...{ demand, names, command, environment, secrets, volumes, privileged },
      }),
    },
    cleanup_configs: {
      data_sync_requests: outputSyncRequests(
        outputs,
        locate,
        configuration.outputDataSyncConfiguration,
        rules,
      ),
      remove_data_paths_requests: removals(layout, configuration, locate),
    },
  };
}

/** Splits the environment into job variables and file; undefined when no environment file is wanted or possible. */
function splitForFile(
  { contextManagerConfiguration, demandExecution }: ScaffoldingRequest,
  { environment, paths }: Layout,
  workingDirectory: string | undefined,
  hiddenName: string | undefined,
) {
  const byDefault = hiddenName === undefined ? 'ALWAYS' : 'IF_REQUIRED';
  const limit = hiddenName === undefined ? ENVIRONMENT_BYTES_LIMIT : MACHINE_ENVIRONMENT_BYTES;
  const { envFileWriteMode = byDefault } = contextManagerConfiguration;
  const wanted =
    envFileWriteMode === 'ALWAYS' ||
    (envFileWriteMode === 'IF_REQUIRED' && environmentBytes(environment) > limit);
  if (!wanted || workingDirectory === undefined) return undefined;
  const name = joinPath(ENVIRONMENT_NAME, hiddenName ?? '');
  const { command } = demandExecution.executionParameters;
  const isWhole = hiddenName === undefined || envFileWriteMode === 'ALWAYS';
  return {
    path: joinPath(workingDirectory, name),
    ...splitEnvironment(environment, command, joinPath(paths.workingDirectory, name), isWhole ? 0 : limit),
  };
}

function namesOf(
  { demandExecution: demand }: ScaffoldingRequest,
  { parameters }: Layout,
  envBase: string,
): NamedDemand {
  const { command, inputs, outputs, params } = demand.executionParameters;
  return {
    envBase,
    executionType: demand.executionType,
    executionImage: demand.executionImage,
    command,
    executionId: demand.executionId,
    params: withAbsolutePaths(params, [...parameters.inputs, ...parameters.outputs]),
    inputs,
    outputs,
  };
}

function withAbsolutePaths(params: Record<string, unknown>, transfers: readonly ParameterTransfer[]) {
  const rewritten = new Map(
    transfers.map(({ direction, name, path, remote, filters }) => [
      environmentName(name),
      writeResolvable(direction, path, remote, filters),
    ]),
  );
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, rewritten.get(environmentName(name)) ?? value]),
  );
}

/** Shared inputs stay, because another execution may be reading them. The sweeper removes unused ones. */
function removals(
  { chosen, parameters, paths }: Layout,
  { cleanupInputs, cleanupWorkingDir }: ContextConfiguration,
  locate: (path: string) => Location,
) {
  const volumes = [chosen.scratch, chosen.shared, chosen.tmp].flatMap((volume) => volume ?? []);
  const own = parameters.inputs.filter(({ path }) => ownerOf(path, volumes)?.role !== 'shared');
  const requests = [
    ...(cleanupInputs ? [{ paths: own.map(({ path }) => locate(path)) }] : []),
    ...(cleanupWorkingDir ? [{ paths: [locate(paths.workingDirectory)] }] : []),
  ];
  return requests.map(writeRemoveDataPathsRequest);
}

function locationOf(containerPath: string, volumes: Volumes): Location {
  const location = toEfsLocation(containerPath, volumes);
  if (location !== undefined) return location;
  throw new FileSystemNotMounted(`${containerPath} lies in none of the volumes of this execution`);
}
