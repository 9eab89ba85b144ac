import type { Region } from './account.ts';

/**
 * An error of an AWS API. `status` is the HTTP status.
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

/** The error for a required parameter that is missing. `name` is spelled as in EC2's message. */
export function missingParameter(name: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
}

/** EC2's error for a parameter value that it refuses. */
export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** Returns `value`. Throws MissingParameter if it is undefined or empty. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined || value === '') throw missingParameter(name);
  return value;
}

/** Who calls: the access key, and its holder. */
export interface Caller {
  readonly accessKeyId: string;
  readonly arn: string;
  readonly userId: string;
}

/**
 * One operation of an AWS API in one region: it checks, then changes, then answers. It throws AwsError before
 * it changes anything. The SDK's schema of the operation decodes the input, so the input has the SDK's
 * request type. TypeScript compares parameters of a method in both directions, which lets operations with
 * different input types share one table.
 */
type Operation = { call(region: Region, input: object, caller: Caller): object }['call'];

/** The operations of one service, by their name in the API. */
export type Operations = Readonly<Record<string, Operation>>;
