/**
 * Replaces `@aws-sdk/credential-provider-node` in the bundles (serverless.yml, `alias`).
 *
 * Lambda gives a function its credentials in the environment. The other sources (profiles, SSO, STS, the metadata
 * service) were a fifth of each bundle, and of the time to load it.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
