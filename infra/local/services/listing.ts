import type { Filter } from '@aws-sdk/client-ec2';
import { AwsError, invalidParameter } from '../state/operation.ts';

/** Parameters of a paged operation. */
export interface PageInput {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/**
 * Allowed page sizes, and the size for a call without one. Without a default size, the answer is one page.
 */
export interface PageLimits {
  readonly min: number;
  readonly max: number;
  readonly defaultSize?: number;
}

/** One page, and the token of the next page if there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: { readonly NextToken?: string };
}

/** Reads a token: the offset in base64. Tokens are opaque to callers. */
function offsetOf(token: string): number {
  const match = /^portcullis:(\d+)$/.exec(Buffer.from(token, 'base64').toString('latin1'));
  if (!match) throw new AwsError('InvalidNextToken', `The specified NextToken '${token}' is not valid`);
  return Number(match[1]);
}

function tokenOf(offset: number): string {
  return Buffer.from(`portcullis:${offset}`).toString('base64');
}

/** The requested page. Throws InvalidParameterValue for a size outside the limits, InvalidNextToken. */
export function pageOf<T>(items: readonly T[], input: PageInput, limits: PageLimits): Page<T> {
  const { MaxResults: stated } = input;
  if (stated !== undefined && (stated < limits.min || stated > limits.max)) {
    const bound =
      stated < limits.min ? `greater than or equal to ${limits.min}` : `less than or equal to ${limits.max}`;
    throw invalidParameter(`Value ( ${stated} ) for parameter maxResults is invalid. Expecting a value ${bound}.`);
  }
  const start = input.NextToken === undefined ? 0 : offsetOf(input.NextToken);
  const end = start + (stated ?? limits.defaultSize ?? items.length);
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: tokenOf(end) } : {} };
}

/** For each filter of an operation: the values of a resource that the filter compares. */
export type FilterTable<T> = Readonly<Record<string, (item: T) => readonly string[]>>;

/** The tags of a resource. */
type TagsOf<T> = (item: T) => ReadonlyMap<string, string> | undefined;

/** A test for EC2's wildcards: `*` is any text, `?` is any character, and `\` escapes the next character. */
function matcher(pattern: string): (value: string) => boolean {
  if (!/[*?\\]/.test(pattern)) return (value) => value === pattern;
  const source = pattern.replace(/\\([\s\S])|([*?])|([^*?\\]+)/g, (whole, escaped, star, plain) => {
    if (star !== undefined) return star === '*' ? '[\\s\\S]*' : '[\\s\\S]';
    return String(escaped ?? plain ?? whole).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  const whole = new RegExp(`^${source}$`);
  return (value) => whole.test(value);
}

/**
 * A filter on tags; undefined for another name. Only older editions of EC2's documentation have `tag-value`.
 */
function tagFilter<T>(name: string, tagsOf: TagsOf<T>): ((item: T) => readonly string[]) | undefined {
  if (name === 'tag-key') return (item) => [...(tagsOf(item)?.keys() ?? [])];
  if (name === 'tag-value') return (item) => [...(tagsOf(item)?.values() ?? [])];
  if (!name.startsWith('tag:')) return undefined;
  const key = name.slice(4);
  return (item) => {
    const value = tagsOf(item)?.get(key);
    return value === undefined ? [] : [value];
  };
}

function valuesFor<T>(name: string, table: FilterTable<T>, tagsOf: TagsOf<T> | undefined) {
  const values = Object.hasOwn(table, name) ? table[name] : tagsOf && tagFilter(name, tagsOf);
  if (!values) throw invalidParameter(`The filter '${name}' is invalid`);
  return values;
}

/**
 * The items that match every filter. A filter matches if one of its values does. Without `tagsOf`, the
 * operation has no filters on tags. Throws InvalidParameterValue for an unknown filter, even without items.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
export function filtered<T>(
  items: readonly T[],
  filters: readonly Filter[] | undefined,
  table: FilterTable<T>,
  tagsOf?: TagsOf<T>,
): readonly T[] {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const valuesOf = valuesFor(Name, table, tagsOf);
    const patterns = Values.map(matcher);
    return (item: T) => {
      const values = valuesOf(item);
      return patterns.some((matches) => values.some(matches));
    };
  });
  return items.filter((item) => tests.every((passes) => passes(item)));
}
