import type { Literal } from './query.ts';
import { refused, type Token, tokensOf } from './tokens.ts';

/** Words that AWS Config keeps for itself, those that it knows and those that it does not. */
const KEYWORDS = new Set(
  'SELECT WHERE AND OR NOT IN BETWEEN LIKE GROUP ORDER BY ASC DESC ALL AS DISTINCT FROM HAVING JOIN UNION NULL IS'.split(
    ' ',
  ),
);

/** What a property may begin with. @see https://github.com/awslabs/aws-config-resource-schema */
const HEADS = new Set(
  'accountId arn availabilityZone awsRegion configuration configurationItemCaptureTime configurationItemStatus relationships resourceId resourceName resourceType tags version'.split(
    ' ',
  ),
);

/** Takes a query to pieces from its beginning on. Each throws InvalidExpressionException where something else stands. */
export interface Reader {
  /** Whether the next piece is this keyword or sign, which is then taken. */
  take(text: string): boolean;
  /** Takes this keyword or sign. */
  expect(text: string): void;
  property(): string;
  literal(): Literal;
  /** Some with commas between. */
  list<T>(one: () => T): readonly T[];
  end(): void;
}

const isKeyword = ({ kind, text }: Token, word: string): boolean =>
  (kind === 'word' || kind === 'sign') && text.toUpperCase() === word;

const isProperty = ({ kind, text }: Token): boolean =>
  kind === 'word' && !KEYWORDS.has(text.toUpperCase()) && HEADS.has(text.split('.')[0] ?? '');

/** A reader of a query. Throws InvalidExpressionException for a character that no query has. */
export const readerOf = (expression: string): Reader => {
  const tokens = tokensOf(expression);
  const end: Token = { kind: 'sign', text: 'the end', at: expression.length };
  let next = 0;
  const peek = (): Token => tokens[next] ?? end;
  const fail = (expected: string) => refused(`expected ${expected}, found ${peek().text}`, peek().at);
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
};
