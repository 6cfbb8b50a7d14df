/** Time-outs that the code depends on. A test compares them with the YAML. */
import type { FunctionName } from './functions';
import type { MachineName } from './states';

/** Seconds that an execution may take: `TimeoutSeconds` of the machines. */
export const MACHINE_SECONDS = {
  /** 16 days: longer than any job or transfer may run. A stuck execution ends all the same. */
  'demand-execution': 1_382_400,
  /** 14 days, as a job may run without a time-out of its own. */
  'data-sync': 1_209_600,
  /** 23 hours: the next daily sweep begins after the end. */
  sweep: 82_800,
} as const satisfies Record<MachineName, number>;

/** Seconds that a call of a function may take: `timeout` in `serverless.yml`. */
export const FUNCTION_TIMEOUTS = { cleanUpAfter: 900 } as const satisfies Partial<
  Record<FunctionName, number>
>;
