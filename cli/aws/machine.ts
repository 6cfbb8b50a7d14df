/** Finds a state machine, and one of its executions. */
import { executionName, isGeneratedName } from '../../src/events/names';
import { executionArnOf, stateMachineArnOf } from '../../src/history/arns';
import { demandMachineOf, envBaseOf, envBaseOfMachine, stageOfMachine } from '../../src/machines/names';
import { closestTo } from '../../src/wire/closest';
import type { AwsApi } from './api';
import { notFound } from './failures';
import { nextCommand } from './next';
import type { AwsOptions, ExecutionOptions } from './options';
import { withAws } from './verb';

const LISTED = 1_000;

export interface Machine {
  readonly name: string;
  readonly arn: string;
  /** The prefix of the stage's names, such as `dev-demand`. */
  readonly envBase: string;
}

/** @throws VerbFailed when the stage has no machine; the message names the machines that exist */
export async function findMachine(api: AwsApi, options: AwsOptions): Promise<Machine> {
  return machineOf(await findMachineNamed(api, demandMachineOf(options.stage), options), options.stage);
}

/**
 * Returns the ARN of a machine, or the ARN that the options give.
 *
 * @throws VerbFailed when the machine does not exist; the message names the stages that exist
 */
export async function findMachineNamed(
  api: AwsApi,
  name: string,
  { stateMachine }: AwsOptions,
): Promise<string> {
  if (stateMachine !== undefined) return stateMachine;
  const machines = await api.machines();
  const arn = machines.get(name);
  if (arn !== undefined) return arn;
  const ours = [...machines.keys()].filter((each) => stageOfMachine(each) !== undefined);
  const others = ours.length > 0 ? ours : [...machines.keys()].slice(0, 10);
  const there = others.length === 0 ? 'there is no state machine at all' : `there are ${others.join(', ')}`;
  throw notFound(
    'StateMachineDoesNotExist',
    `There is no state machine ${name} in ${await api.region()}; ${there}. Check --stage, --region and --profile, or give --state-machine`,
  );
}

export type Execution = Awaited<ReturnType<typeof findExecution>>;

/** Runs a verb on the execution with this id. When the id is an ARN, the verb's options name its machine. */
export function onExecution<T extends ExecutionOptions>(
  id: string,
  options: T,
  verb: (api: AwsApi, execution: Execution, options: T) => Promise<number>,
): Promise<number> {
  const placed = id.startsWith('arn:') ? { ...options, stateMachine: stateMachineArnOf(id) } : options;
  return withAws(placed, async (api) => verb(api, await findExecution(api, id, placed), placed));
}

/** @param id the id of a demand, or the name or the ARN of an execution */
async function findExecution(api: AwsApi, id: string, options: ExecutionOptions) {
  if (id.startsWith('arn:')) {
    const found = await api.execution(id);
    if (found === undefined) throw notFound('ExecutionDoesNotExist', `There is no execution ${id}`);
    return found;
  }
  const machine = await findMachine(api, options);
  for (const name of namesOf(id, options.attempt)) {
    const found = await api.execution(executionArnOf(machine.arn, name));
    if (found !== undefined) return found;
  }
  const [list, { attempt }] = [nextCommand('list', options), options];
  const name = attempt === undefined ? id : executionName(id, attempt);
  throw notFound(
    'ExecutionDoesNotExist',
    `${machine.name} has no execution ${name}${await alike(api, machine, name)}. \`${list}\` shows the newest`,
  );
}

/** The demand with this id comes first: its id may look like the name of another demand's execution. */
function namesOf(id: string, attempt?: number): ReadonlySet<string> {
  const name = executionName(id, attempt);
  return new Set(attempt === undefined && isGeneratedName(id) ? [name, id] : [name]);
}

function machineOf(arn: string, stage: string): Machine {
  const name = arn.split(':').at(-1) ?? arn;
  return { name, arn, envBase: envBaseOfMachine(name) ?? envBaseOf(stage) };
}

async function alike(api: AwsApi, { arn }: Machine, name: string): Promise<string> {
  // The suggestions are not the answer: a caller that may not list executions gets it without them.
  const executions = await api.executions(arn, LISTED).catch(() => []);
  const names = closestTo(
    name,
    executions.map((each) => each.name ?? ''),
  );
  return names.length === 0 ? '' : `; names like it: ${names.join(', ')}`;
}
