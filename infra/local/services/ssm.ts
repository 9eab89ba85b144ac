import type {
  DeleteParameterRequest,
  GetParameterRequest,
  GetParameterResult,
  PutParameterRequest,
  PutParameterResult,
} from '@aws-sdk/client-ssm';
import type { Region } from '../state/account.ts';
import { AwsError, type Operations } from '../state/operation.ts';
import type { ParameterRecord } from '../state/records.ts';

function requireParameter(region: Region, name: string | undefined): ParameterRecord {
  const parameter = region.parameters.get(name ?? '');
  if (!parameter) throw new AwsError('ParameterNotFound', `Parameter ${name ?? ''} not found.`);
  return parameter;
}

function checkName(name: string | undefined): string {
  if (name !== undefined && /^\/?[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/.test(name)) return name;
  throw new AwsError('ValidationException', `Parameter name '${name ?? ''}' must be a path of a-zA-Z0-9_.-`);
}

/** PutParameter. Throws ParameterAlreadyExists without `Overwrite`, ValidationException. */
function putParameter(region: Region, input: PutParameterRequest): PutParameterResult {
  const name = checkName(input.Name);
  if (!input.Value) throw new AwsError('ValidationException', `Parameter ${name} needs a value`);
  const known = region.parameters.get(name);
  if (known && !input.Overwrite) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  if (!known && !input.Type) throw new AwsError('ValidationException', 'A parameter type is required');
  const version = (known?.version ?? 0) + 1;
  const type = input.Type ?? known?.type ?? 'String';
  region.parameters.set(name, { name, value: input.Value, type, version, modifiedAt: region.account.clock.now() });
  return { Version: version, Tier: 'Standard' };
}

/** A SecureString without decryption. It looks like KMS's ciphertext in base64. */
function encrypted(value: string): string {
  return `AQICAHh${Buffer.from(value).toString('base64').split('').toReversed().join('')}`;
}

/**
 * GetParameter. A SecureString is decrypted only if the call asks for decryption. Throws ParameterNotFound.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
function getParameter(region: Region, input: GetParameterRequest): GetParameterResult {
  const { name, value: plain, type, version, modifiedAt } = requireParameter(region, input.Name);
  const value = type === 'SecureString' && input.WithDecryption !== true ? encrypted(plain) : plain;
  return {
    Parameter: {
      Name: name,
      Type: type,
      Value: value,
      Version: version,
      LastModifiedDate: new Date(modifiedAt),
      ARN: `arn:aws:ssm:${region.name}:${region.account.id}:parameter/${name.replace(/^\//, '')}`,
      DataType: 'text',
    },
  };
}

/** DeleteParameter. Throws ParameterNotFound. */
function deleteParameter(region: Region, input: DeleteParameterRequest): object {
  region.parameters.delete(requireParameter(region, input.Name).name);
  return {};
}

/** The operations of SSM. */
export const ssmOperations = {
  GetParameter: getParameter,
  PutParameter: putParameter,
  DeleteParameter: deleteParameter,
} satisfies Operations;
