/**
 * What every AWS client of a function is made with.
 *
 * Control-plane calls are throttled for the whole account, and fifty demands may start in one second: the SDK's
 * three attempts are over in half of one. Seven wait up to some ten seconds, with jitter, and only for errors
 * that may pass. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const CLIENT_SETTINGS = { maxAttempts: 7, retryMode: 'standard' } as const;
