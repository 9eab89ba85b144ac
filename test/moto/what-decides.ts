/** EC2's API reference. */
export const API = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference';

/** The VPC user guide. */
export const VPC = 'https://docs.aws.amazon.com/vpc/latest/userguide';

/** EC2's error codes. */
export const ERRORS = `${API}/errors-overview.html`;

/** Matches a failure in which the clause expected one error code and moto answered with another or none. */
export function codeInstead(actual: string, expected: string): RegExp {
  return new RegExp(`^expected '${actual}' to be '${expected}'`);
}
