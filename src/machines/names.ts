/** Names of a stage's resources. A test compares them with `serverless.yml`. */

const EXECUTION = '-execution';
const DEMAND = '-demand';

/** Returns the begin of the names of a stage's resources: `prod-demand` for `prod`. */
export function envBaseOf(stage: string): string {
  return `${stage}${DEMAND}`;
}

/** Returns the name of a stage's demand machine: `prod-demand-execution` for `prod`. */
export function demandMachineOf(stage: string): string {
  return `${envBaseOf(stage)}${EXECUTION}`;
}

/** Returns the name of a stage's sweeping machine: `prod-demand-sweep` for `prod`. */
export function sweepMachineOf(stage: string): string {
  return sweepMachineOfBase(envBaseOf(stage));
}

/** Returns the name of the sweeping machine by the begin of the stage's names, such as `prod-demand`. */
export function sweepMachineOfBase(envBase: string): string {
  return `${envBase}-sweep`;
}

/** Returns `prod-demand` for `prod-demand-execution`; undefined for a name with another end. */
export function envBaseOfMachine(name: string): string | undefined {
  return name.endsWith(EXECUTION) ? name.slice(0, -EXECUTION.length) : undefined;
}

/** Returns `prod` for `prod-demand-execution`; undefined for a name with another end. */
export function stageOfMachine(name: string): string | undefined {
  const envBase = envBaseOfMachine(name);
  return envBase?.endsWith(DEMAND) ? envBase.slice(0, -DEMAND.length) : undefined;
}
