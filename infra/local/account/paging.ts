import { AwsError, invalidParameter } from './aws-error.ts';

/** The parameters of a paged call. */
export interface PageInput {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** How large a page may be, and how large it is where the call does not say: absent, everything comes at once. */
export interface PageLimits {
  readonly min: number;
  readonly max: number;
  readonly unstated?: number;
}

/** One page, and the token of the next where there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: { readonly NextToken?: string };
}

/** Tokens are opaque to callers: the offset, in base64. */
function offsetOf(token: string): number {
  const match = /^portcullis:(\d+)$/.exec(Buffer.from(token, 'base64').toString('latin1'));
  if (!match) throw new AwsError('InvalidNextToken', `The specified NextToken '${token}' is not valid`);
  return Number(match[1]);
}

function tokenOf(offset: number): string {
  return Buffer.from(`portcullis:${offset}`).toString('base64');
}

/** The page that the call asks for. Throws InvalidParameterValue for a size outside the limits, InvalidNextToken. */
export function pageOf<T>(items: readonly T[], input: PageInput, limits: PageLimits): Page<T> {
  const { MaxResults: stated } = input;
  if (stated !== undefined && (stated < limits.min || stated > limits.max)) {
    const bound =
      stated < limits.min ? `greater than or equal to ${limits.min}` : `less than or equal to ${limits.max}`;
    throw invalidParameter(`Value ( ${stated} ) for parameter maxResults is invalid. Expecting a value ${bound}.`);
  }
  const start = input.NextToken === undefined ? 0 : offsetOf(input.NextToken);
  const end = start + (stated ?? limits.unstated ?? items.length);
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: tokenOf(end) } : {} };
}
