import { InputInvalid } from '../domain/errors.ts';

/** Says in error messages what a group id looks like. */
export const A_GROUP_ID = 'a security group id such as sg-0123456789abcdef0';

/** A security group's id (`sg-…`), or undefined for any other value. */
export function groupIdOf(value: unknown): string | undefined {
  return idWithPrefix('sg-', value);
}

/** A security group rule's id (`sgr-…`), or undefined for any other value. */
export function ruleIdOf(value: unknown): string | undefined {
  return idWithPrefix('sgr-', value);
}

/** A VPC's id (`vpc-…`), or undefined for any other value. */
export function vpcIdOf(value: unknown): string | undefined {
  return idWithPrefix('vpc-', value);
}

/** A prefix list's id (`pl-…`), or undefined for any other value. */
export function prefixListIdOf(value: unknown): string | undefined {
  return idWithPrefix('pl-', value);
}

/** A network interface's id (`eni-…`), or undefined for any other value. */
export function interfaceIdOf(value: unknown): string | undefined {
  return idWithPrefix('eni-', value);
}

/**
 * An id that is safe to pass to EC2. EC2's own ids end in 8 or 17 hexadecimal digits. This pattern is wider
 * so that it also accepts the ids of documentation and test data.
 */
function idWithPrefix(prefix: string, value: unknown): string | undefined {
  return typeof value === 'string' &&
    value.startsWith(prefix) &&
    /^[0-9A-Za-z-]{1,40}$/.test(value.slice(prefix.length))
    ? value
    : undefined;
}

/** The caller's region, account and partition. They complete a function name that is not a whole ARN. */
export interface CallerContext {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
}

const FUNCTION =
  /^(?:(?:arn:(?<partition>[\w-]+):lambda:(?<region>[\w-]+):)?(?<account>\d{12}):function:)?(?<name>[\w-]+)(?::[\w$-]+)?$/;

/**
 * The ARN of a function without version or alias.
 *
 * @param named any form that Lambda accepts: a name, a partial ARN or an ARN.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws InputInvalid if the text has none of these forms.
 */
export function functionArn(named: string, caller: CallerContext): string {
  const {
    partition = caller.partition,
    region = caller.region,
    account = caller.account,
    name,
  } = FUNCTION.exec(named)?.groups ?? {};
  if (name === undefined) throw new InputInvalid(`${named} is not the name or ARN of a Lambda function`);
  return `arn:${partition}:lambda:${region}:${account}:function:${name}`;
}

/**
 * The ARN by which a function was invoked, with version or alias. Lambda passes the whole ARN to the
 * function. A local runtime may pass only what the caller wrote, so `caller` completes the text.
 *
 * @throws InputInvalid if the text does not name a function.
 */
export function invokedArn(invoked: string, caller: CallerContext): string {
  if (invoked.startsWith('arn:')) return invoked;
  const [, qualifier] = /:([\w$-]+)$/.exec(invoked.replace(/^.*:function:/, '')) ?? [];
  return [functionArn(invoked, caller), ...(qualifier === undefined ? [] : [qualifier])].join(':');
}

/** The version or alias in a function's ARN, or undefined if it has none. */
export function aliasIn(arn: string): string | undefined {
  return arn.split(':')[7];
}

/** The partition in an ARN, such as `aws`. */
export function partitionIn(arn: string): string {
  return arn.split(':')[1] ?? '';
}

/** The account in an ARN. */
export function accountIn(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** A function's ARN without version or alias. */
export function unqualifiedArn(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

/** The region in an ARN. */
export function regionIn(arn: string): string {
  return arn.split(':')[3] ?? '';
}
