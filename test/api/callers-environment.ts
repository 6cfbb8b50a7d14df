/**
 * The caller's AWS variables from before the tests set moto's endpoint. Scenarios may run in an account; other tests
 * never do.
 */
const NAMES = ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const KEPT_IN = 'CALLERS_AWS_ENVIRONMENT';

export const CALLERS_ENVIRONMENT = {
  keep(): void {
    const given = NAMES.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    );
    process.env[KEPT_IN] = JSON.stringify(Object.fromEntries(given));
  },

  /** Restores the variables for this test file alone: jest gives each file its own environment. */
  restore(): void {
    const kept: Record<string, string> = JSON.parse(process.env[KEPT_IN] ?? '{}');
    for (const name of NAMES) {
      const value = kept[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  },
};
