/**
 * Settings of every AWS client of a function.
 *
 * AWS throttles control-plane calls for the whole account, and fifty demands may start in one second. The SDK's default
 * of three attempts ends within half a second. Seven attempts take up to some ten seconds, with jitter, and repeat
 * only transient errors. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const CLIENT_SETTINGS = { maxAttempts: 7, retryMode: 'standard' } as const;
