import { meets } from './match.ts';
import { COUNT, type Query } from './query.ts';
import { refused } from './tokens.ts';
import { valuesOf, withOnly } from './values.ts';

/** Properties that an aggregate may be grouped by. */
const MOST_GROUPINGS = 3;

const keyOf = (row: object, properties: readonly string[]): string =>
  JSON.stringify(properties.map((property) => valuesOf(row, property)));

const counted = (rows: readonly object[], { select, groupBy }: Query): readonly object[] => {
  const loose = select.find((one) => one !== COUNT && !groupBy.includes(one));
  if (loose !== undefined) throw refused(`${loose} is selected beside an aggregate and not grouped by`, 0);
  if (groupBy.length > MOST_GROUPINGS) throw refused(`GROUP BY takes ${MOST_GROUPINGS} properties`, 0);
  const properties = select.filter((one) => one !== COUNT);
  const groups = Map.groupBy(rows, (row) => keyOf(row, groupBy));
  return [...groups.values()].map((alike) => ({ [COUNT]: alike.length, ...withOnly(alike[0] ?? {}, properties) }));
};

const compare = (left: object, right: object, { orderBy }: Query): number => {
  for (const { property, isDescending } of orderBy) {
    const [one = '', other = ''] = [valuesOf(left, property)[0], valuesOf(right, property)[0]];
    if (one !== other) return one < other === isDescending ? 1 : -1;
  }
  return 0;
};

/** The rows that a query selects of some resources, in its order. Throws AwsError InvalidExpressionException. */
export const runQuery = (query: Query, resources: readonly object[]): readonly object[] => {
  const { where, select, groupBy } = query;
  const rows = resources.filter((one) => where === undefined || meets(one, where));
  const ordered = rows.toSorted((left, right) => compare(left, right, query));
  if (select.includes(COUNT)) return counted(ordered, query);
  if (groupBy.length > 0) throw refused('GROUP BY stands beside an aggregate', 0);
  return ordered.map((row) => withOnly(row, select));
};
