/** Loads the deployed state machines, with local ARNs in their placeholders. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MOST_JOB_SECONDS } from '../../src/batch/retries/settings';
import { DEFAULT_STAGING } from '../../src/machines/concurrency';
import type { MachineFunction } from '../../src/machines/functions';
import type { MachineName } from '../../src/machines/states';
import { fillIn } from './placeholders';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Branches?: readonly Definition[];
  readonly ItemProcessor?: Definition;
  readonly MaxConcurrency?: number;
  readonly TimeoutSecondsPath?: string;
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A state with the Map and Parallel states around it, the outermost first. */
export interface PlacedState {
  readonly name: string;
  readonly state: State;
  readonly within: readonly string[];
}

const FOLDER = 'statemachines';
const ARN = 'arn:aws:states:local:000000000000';

/** Returns the ARN that stands for `${DataSyncFunctionArns}` here: it ends with the function's name, `dataSync`. */
export function functionArn(name: MachineFunction): string {
  return `arn:aws:lambda:local:000000000000:function:${name}`;
}

export function stateMachineArn(name: MachineName): string {
  return `${ARN}:stateMachine:${name}`;
}

export function executionArn(machine: MachineName, name: string): string {
  return `${ARN}:execution:${machine}:${name}`;
}

/** Reads a state machine's file and fills in its placeholders. */
export function loadDefinition(machine: MachineName, staging = DEFAULT_STAGING): Definition {
  return fillIn(readFileSync(join(definitionsFolder(), `${machine}.asl.yml`), 'utf8'), localArn, staging);
}

/**
 * Replaces the `TimeoutSecondsPath` of the outer states. AWS reads the path from the input of a state, and the engine from
 * the arguments of its task, where the path leads nowhere. A local job waits in no queue, and has its own time-out.
 */
export function withFixedTimeouts(definition: Definition): Definition {
  const fixed = Object.entries(definition.States).map(([name, { TimeoutSecondsPath, ...state }]) => [
    name,
    TimeoutSecondsPath === undefined ? state : { ...state, TimeoutSeconds: MOST_JOB_SECONDS },
  ]);
  return { ...definition, States: Object.fromEntries(fixed) };
}

/** Returns every state of a definition, also states inside Map and Parallel states. */
export function placedStates(definition: Definition, within: readonly string[] = []): PlacedState[] {
  return Object.entries(definition.States).flatMap(([name, state]) => {
    const inner = [...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])];
    return [{ name, state, within }, ...inner.flatMap((part) => placedStates(part, [...within, name]))];
  });
}

function localArn(name: string, kind: string): string {
  if (kind === 'Function') return functionArn(`${name[0]?.toLowerCase()}${name.slice(1)}` as MachineFunction);
  return stateMachineArn(name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase() as MachineName);
}

/** Returns the folder of the definitions: beside the sources in a clone, beside `dist` in a package. */
function definitionsFolder(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, FOLDER);
    if (existsSync(join(candidate, 'demand-execution.asl.yml'))) return candidate;
  }
  throw new Error(`No folder above ${__dirname} contains "${FOLDER}": the installation is incomplete`);
}
