import { type Cidr, parseCidr } from '../../../shared/network/cidr.ts';
import { readIpv4, readIpv6 } from '../../../shared/network/ip.ts';
import type { Condition, Literal } from './query.ts';
import { refused } from './tokens.ts';
import { valuesOf } from './values.ts';

type Comparison = Exclude<Condition, { kind: 'and' | 'or' | 'not' }>;

/** Properties that AWS Config keeps as ranges of addresses. @see https://github.com/awslabs/aws-config-resource-schema (`cidr_block`) */
const IS_RANGE = /\.(?:ipRanges|cidrIp|cidrIpv6)$/;

const addressOf = (value: Literal): Pick<Cidr, 'family'> & { readonly at: bigint } => {
  const text = String(value);
  const family = text.includes(':') ? 'ipv6' : 'ipv4';
  const at = family === 'ipv4' ? readIpv4(text) : readIpv6(text);
  if (at === undefined) throw refused(`expected an address to look for among ranges, found ${text}`, 0);
  return { family, at };
};

/** Ranges meet a condition that any of their addresses meets. */
const meetsRange = (values: readonly Literal[], condition: Comparison): boolean => {
  const [low, high] = boundsOf(condition).map(addressOf);
  if (low === undefined || high === undefined) return false;
  return values.some((value) => {
    const range = parseCidr(String(value));
    if (range.family !== low.family) return false;
    if (condition.kind === 'compare' && condition.operator === '<') return range.first < low.at;
    if (condition.kind === 'compare' && condition.operator === '>') return range.last > low.at;
    return range.first <= high.at && low.at <= range.last;
  });
};

const boundsOf = (condition: Comparison): readonly Literal[] => {
  if (condition.kind === 'between') return [condition.low, condition.high];
  if (condition.kind === 'compare' && condition.operator !== 'LIKE') return [condition.value, condition.value];
  throw refused(`${condition.property} is compared by =, <, > and BETWEEN`, 0);
};

const numberOf = (value: Literal): number => {
  if (typeof value === 'number') return value;
  throw refused(`'${value}' is compared by = and IN, and ranges are of numbers`, 0);
};

/** A wildcard stands at the end, behind three characters or more. */
const beginsLike = (values: readonly Literal[], pattern: Literal): boolean => {
  const [, head, wildcard] = /^([^%_]{3,})([%_])?$/.exec(String(pattern)) ?? [];
  if (head === undefined) throw refused(`LIKE '${pattern}': three characters, then one wildcard`, 0);
  const isMet = (text: string): boolean => {
    if (wildcard === undefined) return text === head;
    return text.startsWith(head) && (wildcard === '%' || text.length === head.length + 1);
  };
  return values.some((value) => isMet(String(value)));
};

const between = (values: readonly Literal[], low: number, high: number): boolean =>
  values.some((value) => typeof value === 'number' && low <= value && value <= high);

const meetsPlain = (values: readonly Literal[], condition: Comparison): boolean => {
  if (condition.kind === 'in') return condition.values.some((value) => values.includes(value));
  if (condition.kind === 'between') return between(values, numberOf(condition.low), numberOf(condition.high));
  const { operator, value } = condition;
  if (operator === '=') return values.includes(value);
  if (operator === 'LIKE') return beginsLike(values, value);
  const limit = numberOf(value);
  return values.some((one) => typeof one === 'number' && (operator === '<' ? one < limit : one > limit));
};

/**
 * Whether a resource meets a condition. On a list, a comparison is met where any of its entries meets it.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html#query-limitations
 * @throws AwsError InvalidExpressionException for a comparison that a property does not have.
 */
export const meets = (resource: object, condition: Condition): boolean => {
  switch (condition.kind) {
    case 'and':
      return meets(resource, condition.left) && meets(resource, condition.right);
    case 'or':
      return meets(resource, condition.left) || meets(resource, condition.right);
    case 'not':
      return !meets(resource, condition.of);
    case 'compare':
    case 'between':
    case 'in': {
      const values = valuesOf(resource, condition.property);
      return IS_RANGE.test(condition.property) ? meetsRange(values, condition) : meetsPlain(values, condition);
    }
    default:
      return condition satisfies never;
  }
};
