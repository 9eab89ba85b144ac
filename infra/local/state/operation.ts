import type { Region } from './account.ts';

/**
 * An error as AWS would answer it. `status` is the HTTP status: 400 unless AWS documents another.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}

/** A required parameter was left out. `name` as EC2 spells it in its message. */
export function missingParameter(name: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
}

/** A value that EC2 refuses, with EC2's own wording. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** Returns `value`, or throws MissingParameter where it is undefined or empty. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined || value === '') throw missingParameter(name);
  return value;
}

/** Who calls: the key that signed, and what the account knows of its holder. */
export interface Caller {
  readonly accessKeyId: string;
  readonly arn: string;
  readonly userId: string;
}

/**
 * One call of AWS's API on one region: checks, then changes, then answers; throws AwsError having changed nothing.
 * The input was decoded by the SDK's schema for the operation, so its type is the SDK's request type: a method's
 * parameters compare both ways, which lets operations of many input types fit one table.
 */
type Operation = { call(region: Region, input: object, caller: Caller): object }['call'];

/** The operations of one service, by their name in the API. */
export type Operations = Readonly<Record<string, Operation>>;
