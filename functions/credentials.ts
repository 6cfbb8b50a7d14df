/**
 * In the place of `@aws-sdk/credential-provider-node` in what is packaged (serverless.yml, `alias`).
 *
 * Lambda gives a function its credentials in the environment. What else they may come from (profiles, SSO, STS, the
 * metadata service) was a fifth of each bundle, and of the time to load it.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
