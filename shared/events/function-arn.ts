import { InputInvalid } from '../domain/errors.ts';

/** Where a function is called: whose account and which region a bare name stands for, and AWS's partition of both. */
export interface CallingPlace {
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
export const functionArn = (named: string, place: CallingPlace): string => {
  const {
    partition = place.partition,
    region = place.region,
    account = place.account,
    name,
  } = FUNCTION.exec(named)?.groups ?? {};
  if (name === undefined) throw new InputInvalid(`${named}: no name or ARN of a Lambda function`);
  return `arn:${partition}:lambda:${region}:${account}:function:${name}`;
};

/**
 * The ARN by which a function was invoked, version or alias included. Lambda gives the function the whole ARN; a runtime that repeats the
 * caller's words may give a name or a part of an ARN, which `place` completes.
 *
 * @throws InputInvalid for what names no function.
 */
export function invokedArn(invoked: string, place: CallingPlace): string {
  if (invoked.startsWith('arn:')) return invoked;
  const [, qualifier] = /:([\w$-]+)$/.exec(invoked.replace(/^.*:function:/, '')) ?? [];
  return [functionArn(invoked, place), ...(qualifier === undefined ? [] : [qualifier])].join(':');
}

/** The version or alias in a function's ARN; undefined where it has none. */
export const aliasIn = (arn: string): string | undefined => arn.split(':')[7];

/** The partition in an ARN, such as `aws`. */
export const partitionIn = (arn: string): string => arn.split(':')[1] ?? '';

/** The account in an ARN. */
export const accountIn = (arn: string): string => arn.split(':')[4] ?? '';

/** A function's ARN without version or alias. */
export const plainArn = (arn: string): string => arn.split(':').slice(0, 7).join(':');

/** The region in an ARN. */
export const regionIn = (arn: string): string => arn.split(':')[3] ?? '';
