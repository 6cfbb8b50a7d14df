/** Reads the secrets of jobs through AWS's API, with the execution role of the job, as the ECS agent does. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { SecretReference } from '../../../src/demand/secrets';
import { describeError } from '../../../src/errors';
import { withoutEmpty } from '../../../src/wire/json';
import type { SecretReader } from '../../batch/secret-values';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SecretSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** @param session the name of the role's session: the id of the job */
export function secretReader(
  roleArn: string | undefined,
  session: string,
  settings: SecretSettings,
): SecretReader {
  let credentials: Promise<Credentials> | undefined;
  return async (reference) => {
    try {
      credentials ??= assume(roleArn, session, settings);
      // A secret of another region is read there.
      const clientSettings = { ...settings, region: reference.region, credentials: await credentials };
      return await (reference.service === 'ssm' ? readParameter : readSecret)(reference, clientSettings);
    } catch (error) {
      const { name, message } = describeError(error);
      throw new Error(name === 'Error' ? message : `${name}: ${message}`);
    }
  };
}

async function assume(
  RoleArn: string | undefined,
  RoleSessionName: string,
  settings: SecretSettings,
): Promise<Credentials> {
  if (RoleArn === undefined) throw new Error('the job definition has no execution role');
  const client = new STSClient(settings);
  const { Credentials } = await client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials ?? {};
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...withoutEmpty({ sessionToken: SessionToken }),
  };
}

async function readSecret(
  { arn, versionId, versionStage }: SecretReference,
  settings: SecretSettings,
): Promise<string> {
  const { SecretString } = await new SecretsManagerClient(settings).send(
    new GetSecretValueCommand({
      SecretId: arn,
      ...withoutEmpty({ VersionId: versionId, VersionStage: versionStage }),
    }),
  );
  if (SecretString === undefined) throw new Error('the secret is binary, and a variable is a text');
  return SecretString;
}

async function readParameter({ arn, name }: SecretReference, settings: SecretSettings): Promise<string> {
  // The ARN has one slash before the name: `parameter/demands/token` is /demands/token, `parameter/token` is token.
  const { Parameters = [] } = await new SSMClient(settings).send(
    new GetParametersCommand({ Names: [name.includes('/') ? `/${name}` : name], WithDecryption: true }),
  );
  const value = Parameters[0]?.Value;
  if (value === undefined) throw new Error(`invalid parameters: ${arn}`);
  return value;
}
