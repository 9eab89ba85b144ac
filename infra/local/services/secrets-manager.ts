import type {
  CreateSecretRequest,
  CreateSecretResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
} from '@aws-sdk/client-secrets-manager';
import { uuid } from '../../../shared/domain/runtime.ts';
import type { Region } from '../state/account.ts';
import { AwsError, type Operations } from '../state/operation.ts';
import type { SecretRecord } from '../state/records.ts';

function secretOf(region: Region, nameOrArn: string | undefined): SecretRecord {
  const secret = [...region.secrets.values()].find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  if (secret) return secret;
  throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

/** CreateSecret. The ARN ends with six random characters. Throws ResourceExistsException. */
function createSecret(
  region: Region,
  { Name: name = '', SecretString: value }: CreateSecretRequest,
): CreateSecretResponse {
  const { account, name: place } = region;
  if (region.secrets.has(name))
    throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
  const arn = `arn:aws:secretsmanager:${place}:${account.id}:secret:${name}-${uuid(account.random).slice(0, 6)}`;
  const version = uuid(account.random);
  region.secrets.set(name, { name, arn, version, ...(value !== undefined && { value }) });
  return { ARN: arn, Name: name, VersionId: version };
}

/** PutSecretValue. Throws ResourceNotFoundException. */
function putSecretValue(region: Region, input: PutSecretValueRequest): PutSecretValueResponse {
  const { name, arn } = secretOf(region, input.SecretId);
  const version = uuid(region.account.random);
  region.secrets.set(name, { name, arn, version, value: input.SecretString ?? '' });
  return { ARN: arn, Name: name, VersionId: version, VersionStages: ['AWSCURRENT'] };
}

/**
 * GetSecretValue. Throws ResourceNotFoundException for an unknown secret and for a secret without a value.
 */
function getSecretValue(region: Region, input: GetSecretValueRequest): GetSecretValueResponse {
  const { name, arn, version, value } = secretOf(region, input.SecretId);
  if (value === undefined) {
    throw new AwsError(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
  }
  return { ARN: arn, Name: name, VersionId: version, SecretString: value, VersionStages: ['AWSCURRENT'] };
}

/** The operations of Secrets Manager. */
export const secretOperations = {
  CreateSecret: createSecret,
  PutSecretValue: putSecretValue,
  GetSecretValue: getSecretValue,
} satisfies Operations;
