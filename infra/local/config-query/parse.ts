import { COUNT, type Condition, type Query } from './query.ts';
import { type Reader, readerOf } from './reader.ts';

const comparison = (reader: Reader): Condition => {
  const property = reader.property();
  for (const operator of ['=', '<', '>', 'LIKE'] as const)
    if (reader.take(operator)) return { kind: 'compare', property, operator, value: reader.literal() };
  if (reader.take('BETWEEN')) {
    const low = reader.literal();
    reader.expect('AND');
    return { kind: 'between', property, low, high: reader.literal() };
  }
  reader.expect('IN');
  reader.expect('(');
  const values = reader.list(() => reader.literal());
  reader.expect(')');
  return { kind: 'in', property, values };
};

const negation = (reader: Reader): Condition => {
  if (reader.take('NOT')) return { kind: 'not', of: negation(reader) };
  if (!reader.take('(')) return comparison(reader);
  const inner = disjunction(reader);
  reader.expect(')');
  return inner;
};

const conjunction = (reader: Reader): Condition => {
  let left = negation(reader);
  while (reader.take('AND')) left = { kind: 'and', left, right: negation(reader) };
  return left;
};

function disjunction(reader: Reader): Condition {
  let left = conjunction(reader);
  while (reader.take('OR')) left = { kind: 'or', left, right: conjunction(reader) };
  return left;
}

const selected = (reader: Reader): string => {
  if (!reader.take('COUNT')) return reader.property();
  for (const sign of ['(', '*', ')']) reader.expect(sign);
  return COUNT;
};

const ordered = (reader: Reader) => {
  const property = reader.property();
  const isDescending = reader.take('DESC');
  if (!isDescending) reader.take('ASC');
  return { property, isDescending };
};

/**
 * Reads a query: SELECT properties or COUNT(*), WHERE, GROUP BY, ORDER BY. Other aggregates, `SELECT *` and all that AWS Config has no word
 * for are refused.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/query-components.html
 * @throws AwsError InvalidExpressionException saying what was expected where.
 */
export const parseQuery = (expression: string): Query => {
  const reader = readerOf(expression);
  reader.expect('SELECT');
  const select = reader.list(() => selected(reader));
  const where = reader.take('WHERE') ? disjunction(reader) : undefined;
  const by = <T>(word: string, one: () => T): readonly T[] => {
    if (!reader.take(word)) return [];
    reader.expect('BY');
    return reader.list(one);
  };
  const groupBy = by('GROUP', () => reader.property());
  const orderBy = by('ORDER', () => ordered(reader));
  reader.end();
  return { select, groupBy, orderBy, ...(where && { where }) };
};
