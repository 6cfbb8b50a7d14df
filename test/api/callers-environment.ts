/**
 * What the caller's environment says of AWS, before it is made to say where moto's server is: the scenarios may be meant
 * for an account, every other test never is.
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

  /** For this test file alone, as jest gives each an environment of its own. */
  restore(): void {
    const kept: Record<string, string> = JSON.parse(process.env[KEPT_IN] ?? '{}');
    for (const name of NAMES) {
      const value = kept[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  },
};
