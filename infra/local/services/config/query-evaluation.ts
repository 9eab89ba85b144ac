import { isFields } from '../../../../shared/events/json.ts';
import { type Cidr, parseCidr, readIpv4, readIpv6 } from '../../../../shared/network/cidr.ts';
import { COUNT, type Condition, invalidExpression, type Literal, type Query } from './query-parser.ts';

/**
 * The result rows of a query over these resources, in the query's order. Throws AwsError
 * InvalidExpressionException.
 */
export function runQuery(query: Query, resources: readonly object[]): readonly object[] {
  const { where, select, groupBy } = query;
  const rows = resources.filter((one) => where === undefined || matchesCondition(one, where));
  const ordered = rows.toSorted((left, right) => compare(left, right, query));
  if (select.includes(COUNT)) return countGroups(ordered, query);
  if (groupBy.length > 0) throw invalidExpression('GROUP BY needs an aggregate in SELECT', 0);
  return ordered.map((row) => pickProperties(row, select));
}

function countGroups(rows: readonly object[], { select, groupBy }: Query): readonly object[] {
  const ungrouped = select.find((one) => one !== COUNT && !groupBy.includes(one));
  if (ungrouped !== undefined)
    throw invalidExpression(`${ungrouped} is selected together with an aggregate but is not in GROUP BY`, 0);
  if (groupBy.length > MOST_GROUPINGS)
    throw invalidExpression(`GROUP BY takes at most ${MOST_GROUPINGS} properties`, 0);
  const properties = select.filter((one) => one !== COUNT);
  const groups = Map.groupBy(rows, (row) => keyOf(row, groupBy));
  return [...groups.values()].map((group) => ({
    [COUNT]: group.length,
    ...pickProperties(group[0] ?? {}, properties),
  }));
}

function compare(left: object, right: object, { orderBy }: Query): number {
  for (const { property, isDescending } of orderBy) {
    const [one = '', other = ''] = [valuesOf(left, property)[0], valuesOf(right, property)[0]];
    if (one !== other) return one < other === isDescending ? 1 : -1;
  }
  return 0;
}

/** Maximum number of properties in GROUP BY. */
const MOST_GROUPINGS = 3;

function keyOf(row: object, properties: readonly string[]): string {
  return JSON.stringify(properties.map((property) => valuesOf(row, property)));
}

type Comparison = Exclude<Condition, { kind: 'and' | 'or' | 'not' }>;

/**
 * Whether a resource meets a condition. A list meets a comparison if any of its entries does.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html#query-limitations
 * @throws AwsError InvalidExpressionException for a comparison that the property does not support.
 */
function matchesCondition(resource: object, condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
      return matchesCondition(resource, condition.left) && matchesCondition(resource, condition.right);
    case 'or':
      return matchesCondition(resource, condition.left) || matchesCondition(resource, condition.right);
    case 'not':
      return !matchesCondition(resource, condition.of);
    case 'compare':
    case 'between':
    case 'in': {
      const values = valuesOf(resource, condition.property);
      return IS_RANGE.test(condition.property) ? matchesRange(values, condition) : matchesValue(values, condition);
    }
    default:
      return condition satisfies never;
  }
}

function leafOf(value: unknown): readonly Literal[] {
  if (typeof value === 'string' || typeof value === 'number') return [value];
  return typeof value === 'boolean' ? [String(value)] : [];
}

function valuesAlong(value: unknown, path: readonly string[]): readonly Literal[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAlong(one, path));
  const [key, ...rest] = path;
  if (key === undefined) return leafOf(value);
  return isFields(value) && Object.hasOwn(value, key) ? valuesAlong(value[key], rest) : [];
}

/** The values of a property of a resource. A list on the path contributes the values of all its entries. */
function valuesOf(resource: object, property: string): readonly Literal[] {
  return valuesAlong(resource, property.split('.'));
}

function pick(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) return value.map((one) => pick(one, paths));
  if (!isFields(value)) return value;
  const keys = [...new Set(paths.flatMap(([key]) => key ?? []))].filter((key) => Object.hasOwn(value, key));
  return Object.fromEntries(
    keys.map((key) => [
      key,
      pick(
        value[key],
        paths.filter(([head]) => head === key).map(([, ...rest]) => rest),
      ),
    ]),
  );
}

/** The resource reduced to these properties. */
function pickProperties(resource: object, properties: readonly string[]): object {
  return Object(
    pick(
      resource,
      properties.map((property) => property.split('.')),
    ),
  );
}

/**
 * Properties that AWS Config stores as address ranges.
 *
 * @see https://github.com/awslabs/aws-config-resource-schema (`cidr_block`)
 */
const IS_RANGE = /\.(?:ipRanges|cidrIp|cidrIpv6)$/;

function addressOf(value: Literal): Pick<Cidr, 'family'> & { readonly at: bigint } {
  const text = String(value);
  const family = text.includes(':') ? 'ipv6' : 'ipv4';
  const at = family === 'ipv4' ? readIpv4(text) : readIpv6(text);
  if (at === undefined) throw invalidExpression(`expected an IP address, found ${text}`, 0);
  return { family, at };
}

/** A range matches if any of its addresses meets the condition. */
function matchesRange(values: readonly Literal[], condition: Comparison): boolean {
  const [low, high] = boundsOf(condition).map(addressOf);
  if (low === undefined || high === undefined) return false;
  return values.some((value) => {
    const range = parseCidr(String(value));
    if (range.family !== low.family) return false;
    if (condition.kind === 'compare' && condition.operator === '<') return range.first < low.at;
    if (condition.kind === 'compare' && condition.operator === '>') return range.last > low.at;
    return range.first <= high.at && low.at <= range.last;
  });
}

function boundsOf(condition: Comparison): readonly Literal[] {
  if (condition.kind === 'between') return [condition.low, condition.high];
  if (condition.kind === 'compare' && condition.operator !== 'LIKE') return [condition.value, condition.value];
  throw invalidExpression(`${condition.property} supports only =, <, > and BETWEEN`, 0);
}

function numberOf(value: Literal): number {
  if (typeof value === 'number') return value;
  throw invalidExpression(`'${value}' is not a number: ranges need numbers, other values support = and IN`, 0);
}

/** A pattern has at least three characters, and a wildcard only at its end. */
function matchesLike(values: readonly Literal[], pattern: Literal): boolean {
  const [, head, wildcard] = /^([^%_]{3,})([%_])?$/.exec(String(pattern)) ?? [];
  if (head === undefined)
    throw invalidExpression(
      `LIKE '${pattern}': a pattern needs at least three characters, and a wildcard only at its end`,
      0,
    );
  const isMet = (text: string): boolean => {
    if (wildcard === undefined) return text === head;
    return text.startsWith(head) && (wildcard === '%' || text.length === head.length + 1);
  };
  return values.some((value) => isMet(String(value)));
}

function between(values: readonly Literal[], low: number, high: number): boolean {
  return values.some((value) => typeof value === 'number' && low <= value && value <= high);
}

function matchesValue(values: readonly Literal[], condition: Comparison): boolean {
  if (condition.kind === 'in') return condition.values.some((value) => values.includes(value));
  if (condition.kind === 'between') return between(values, numberOf(condition.low), numberOf(condition.high));
  const { operator, value } = condition;
  if (operator === '=') return values.includes(value);
  if (operator === 'LIKE') return matchesLike(values, value);
  const limit = numberOf(value);
  return values.some((one) => typeof one === 'number' && (operator === '<' ? one < limit : one > limit));
}
