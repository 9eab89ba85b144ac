import { AwsError } from '../../state/operation.ts';

/** A value in a query. */
export type Literal = string | number;

/**
 * A condition on a resource. Properties are dotted paths. A condition on a list holds if any of its entries
 * meets it.
 */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'compare';
      readonly property: string;
      readonly operator: '=' | '<' | '>' | 'LIKE';
      readonly value: Literal;
    }
  | { readonly kind: 'between'; readonly property: string; readonly low: Literal; readonly high: Literal }
  | { readonly kind: 'in'; readonly property: string; readonly values: readonly Literal[] };

/** A query in the supported part of AWS Config's SQL. */
export interface Query {
  /** Properties, and `COUNT(*)`. */
  readonly select: readonly string[];
  readonly where?: Condition;
  readonly groupBy: readonly string[];
  readonly orderBy: readonly { readonly property: string; readonly isDescending: boolean }[];
}

/** The only supported aggregate. */
export const COUNT = 'COUNT(*)';

/**
 * Parses a query: SELECT properties or COUNT(*), WHERE, GROUP BY, ORDER BY. Other aggregates, `SELECT *` and
 * anything that AWS Config does not support are refused.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/query-components.html
 * @throws AwsError InvalidExpressionException that names the expected token and the position.
 */
export function parseQuery(expression: string): Query {
  const reader = readerOf(expression);
  reader.expect('SELECT');
  const select = reader.list(() => parseSelected(reader));
  const where = reader.take('WHERE') ? disjunction(reader) : undefined;
  const by = <T>(word: string, one: () => T): readonly T[] => {
    if (!reader.take(word)) return [];
    reader.expect('BY');
    return reader.list(one);
  };
  const groupBy = by('GROUP', () => reader.property());
  const orderBy = by('ORDER', () => parseOrder(reader));
  reader.end();
  return { select, groupBy, orderBy, ...(where && { where }) };
}

function parseSelected(reader: Reader): string {
  if (!reader.take('COUNT')) return reader.property();
  for (const sign of ['(', '*', ')']) reader.expect(sign);
  return COUNT;
}

function parseOrder(reader: Reader) {
  const property = reader.property();
  const isDescending = reader.take('DESC');
  if (!isDescending) reader.take('ASC');
  return { property, isDescending };
}

function disjunction(reader: Reader): Condition {
  let left = conjunction(reader);
  while (reader.take('OR')) left = { kind: 'or', left, right: conjunction(reader) };
  return left;
}

function conjunction(reader: Reader): Condition {
  let left = negation(reader);
  while (reader.take('AND')) left = { kind: 'and', left, right: negation(reader) };
  return left;
}

function negation(reader: Reader): Condition {
  if (reader.take('NOT')) return { kind: 'not', of: negation(reader) };
  if (!reader.take('(')) return comparison(reader);
  const inner = disjunction(reader);
  reader.expect(')');
  return inner;
}

function comparison(reader: Reader): Condition {
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
}

/** A token of a query. Words are properties and keywords. */
interface Token {
  readonly kind: 'text' | 'number' | 'word' | 'sign';
  readonly text: string;
  /** Position of its first character. */
  readonly at: number;
}

const TOKEN =
  /\s*(?:'(?<text>(?:[^']|'')*)'|(?<number>-?\d+(?:\.\d+)?)|(?<word>[A-Za-z][\w.]*)|(?<sign>[(),=<>*]))\s*/y;

/** AWS Config's error for an invalid query, with the reason and the position. */
export function invalidExpression(reason: string, at: number): AwsError {
  return new AwsError('InvalidExpressionException', `Invalid expression at character ${at + 1}: ${reason}`);
}

function kindOf({ text, number, word }: Readonly<Record<string, string | undefined>>): Token['kind'] {
  if (text !== undefined) return 'text';
  if (number !== undefined) return 'number';
  return word === undefined ? 'sign' : 'word';
}

/** The tokens of a query, in order. Throws InvalidExpressionException for an unexpected character. */
function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  const reading = new RegExp(TOKEN);
  while (reading.lastIndex < expression.length) {
    const at = reading.lastIndex;
    const { groups = {} } = reading.exec(expression) ?? {};
    const text = groups['text']?.replaceAll("''", "'") ?? groups['number'] ?? groups['word'] ?? groups['sign'];
    if (text === undefined) throw invalidExpression(`unexpected ${JSON.stringify(expression.slice(at, at + 10))}`, at);
    tokens.push({ kind: kindOf(groups), text, at });
  }
  return tokens;
}

/** Reserved words of AWS Config's SQL, including unsupported ones. */
const KEYWORDS: ReadonlySet<string> = new Set(
  'SELECT WHERE AND OR NOT IN BETWEEN LIKE GROUP ORDER BY ASC DESC ALL AS DISTINCT FROM HAVING JOIN UNION NULL IS'.split(
    ' ',
  ),
);

/** First parts of valid properties. @see https://github.com/awslabs/aws-config-resource-schema */
const HEADS: ReadonlySet<string> = new Set(
  'accountId arn availabilityZone awsRegion configuration configurationItemCaptureTime configurationItemStatus relationships resourceId resourceName resourceType tags version'.split(
    ' ',
  ),
);

/**
 * Reads the tokens of a query from left to right. Each method throws InvalidExpressionException for an
 * unexpected token.
 */
interface Reader {
  /** Consumes the next token if it is this keyword or sign; returns whether it was. */
  take(text: string): boolean;
  /** Consumes this keyword or sign. */
  expect(text: string): void;
  property(): string;
  literal(): Literal;
  /** A comma-separated list. */
  list<T>(one: () => T): readonly T[];
  end(): void;
}

function isKeyword({ kind, text }: Token, word: string): boolean {
  return (kind === 'word' || kind === 'sign') && text.toUpperCase() === word;
}

function isProperty({ kind, text }: Token): boolean {
  return kind === 'word' && !KEYWORDS.has(text.toUpperCase()) && HEADS.has(text.split('.')[0] ?? '');
}

/** A reader of a query. Throws InvalidExpressionException for an unexpected character. */
function readerOf(expression: string): Reader {
  const tokens = tokensOf(expression);
  const end: Token = { kind: 'sign', text: 'the end', at: expression.length };
  let next = 0;
  const peek = (): Token => tokens[next] ?? end;
  const fail = (expected: string) => invalidExpression(`expected ${expected}, found ${peek().text}`, peek().at);
  const take = (word: string): boolean => {
    const found = next < tokens.length && isKeyword(peek(), word);
    if (found) next += 1;
    return found;
  };
  return {
    take,
    expect(word) {
      if (!take(word)) throw fail(word);
    },
    property() {
      const token = peek();
      if (!isProperty(token)) throw fail('a property');
      next += 1;
      return token.text;
    },
    literal() {
      const { kind, text } = peek();
      if (kind !== 'text' && kind !== 'number') throw fail('a value');
      next += 1;
      return kind === 'text' ? text : Number(text);
    },
    list(one) {
      const all = [one()];
      while (take(',')) all.push(one());
      return all;
    },
    end() {
      if (next < tokens.length) throw fail('the end');
    },
  };
}
