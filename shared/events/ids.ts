import { InputInvalid } from '../domain/errors.ts';

/**
 * Ids that may be handed to EC2. EC2's own are `sg-` and 8 or 17 hexadecimal digits; the pattern is wider, so that documentation
 * and test data can be read, and still narrow enough that nothing else passes for an id.
 */
function idReader(prefix: 'sg' | 'sgr' | 'vpc' | 'pl' | 'eni') {
  return (value: unknown): string | undefined =>
    typeof value === 'string' &&
    value.startsWith(`${prefix}-`) &&
    /^[0-9A-Za-z-]{1,40}$/.test(value.slice(prefix.length + 1))
      ? value
      : undefined;
}

/** A security group's id, `sg-…`; undefined for everything else. */
export const groupIdOf = idReader('sg');

/** A security group rule's id, `sgr-…`; undefined for everything else. */
export const ruleIdOf = idReader('sgr');

/** A VPC's id, `vpc-…`; undefined for everything else. */
export const vpcIdOf = idReader('vpc');

/** A prefix list's id, `pl-…`; undefined for everything else. */
export const prefixListIdOf = idReader('pl');

/** A network interface's id, `eni-…`; undefined for everything else. */
export const interfaceIdOf = idReader('eni');

/** Where a function is called: whose account and which region a bare name stands for, and AWS's partition of both. */
export interface CallerContext {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
}

const FUNCTION =
  /^(?:(?:arn:(?<partition>[\w-]+):lambda:(?<region>[\w-]+):)?(?<account>\d{12}):function:)?(?<name>[\w-]+)(?::[\w$-]+)?$/;

/**
 * The ARN of a function, without version or alias, of whatever names it to Lambda: a name, a part of an ARN, an ARN.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws InputInvalid for what names none.
 */
export function functionArn(named: string, place: CallerContext): string {
  const {
    partition = place.partition,
    region = place.region,
    account = place.account,
    name,
  } = FUNCTION.exec(named)?.groups ?? {};
  if (name === undefined) throw new InputInvalid(`${named}: no name or ARN of a Lambda function`);
  return `arn:${partition}:lambda:${region}:${account}:function:${name}`;
}

/**
 * The ARN by which a function was invoked, version or alias included. Lambda gives the function the whole ARN; a runtime that repeats the
 * caller's words may give a name or a part of an ARN, which `place` completes.
 *
 * @throws InputInvalid for what names no function.
 */
export function invokedArn(invoked: string, place: CallerContext): string {
  if (invoked.startsWith('arn:')) return invoked;
  const [, qualifier] = /:([\w$-]+)$/.exec(invoked.replace(/^.*:function:/, '')) ?? [];
  return [functionArn(invoked, place), ...(qualifier === undefined ? [] : [qualifier])].join(':');
}

/** The version or alias in a function's ARN; undefined where it has none. */
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
