import { AwsError } from '../account/aws-error.ts';

/** A piece of a query. Words are properties and keywords. */
export interface Token {
  readonly kind: 'text' | 'number' | 'word' | 'sign';
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
}

const TOKEN =
  /\s*(?:'(?<text>(?:[^']|'')*)'|(?<number>-?\d+(?:\.\d+)?)|(?<word>[A-Za-z][\w.]*)|(?<sign>[(),=<>*]))\s*/y;

/** Refuses a query as AWS Config does, with what is wrong and where. */
export const refused = (reason: string, at: number): AwsError =>
  new AwsError('InvalidExpressionException', `Invalid expression at character ${at + 1}: ${reason}`);

const kindOf = ({ text, number, word }: Readonly<Record<string, string | undefined>>): Token['kind'] => {
  if (text !== undefined) return 'text';
  if (number !== undefined) return 'number';
  return word === undefined ? 'sign' : 'word';
};

/** The pieces of a query, in order. Throws InvalidExpressionException for a character that is none's. */
export const tokensOf = (expression: string): readonly Token[] => {
  const tokens: Token[] = [];
  const reading = new RegExp(TOKEN);
  while (reading.lastIndex < expression.length) {
    const at = reading.lastIndex;
    const { groups = {} } = reading.exec(expression) ?? {};
    const text = groups['text']?.replaceAll("''", "'") ?? groups['number'] ?? groups['word'] ?? groups['sign'];
    if (text === undefined) throw refused(`unexpected ${JSON.stringify(expression.slice(at, at + 10))}`, at);
    tokens.push({ kind: kindOf(groups), text, at });
  }
  return tokens;
};
