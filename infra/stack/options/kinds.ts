import { partition } from '@aws-sdk/core/client';

/** The value of an option, or what is wrong with the text that was given for it. */
export type Reading<Value> = { readonly value: Value } | { readonly problem: string };

/** How the text behind `-c NAME=` becomes a value. */
export type Kind<Value> = (text: string) => Reading<Value>;

const expected = (what: string, text: string): { readonly problem: string } => ({
  problem: `expected ${what}, found ${JSON.stringify(text)}`,
});

/** `true` or `false`. */
export const boolean: Kind<boolean> = (text) =>
  text === 'true' || text === 'false' ? { value: text === 'true' } : expected('true or false', text);

/** One of several words, each with the value that it stands for. */
export const choice =
  <Value>(words: Readonly<Record<string, Value>>): Kind<Value> =>
  (text) => {
    const found = Object.entries(words).find(([word]) => word === text);
    return found === undefined ? expected(Object.keys(words).join(' or '), text) : { value: found[1] };
  };

/**
 * A text that matches a pattern.
 *
 * @param what describes the pattern in the error message.
 * @param most longest text that is accepted, in characters.
 */
export const matching =
  (what: string, pattern: RegExp, most: number): Kind<string> =>
  (text) => {
    if (!pattern.test(text)) return expected(what, text);
    return text.length > most
      ? { problem: `expected at most ${most} characters, found ${text.length}: ${JSON.stringify(text)}` }
      : { value: text };
  };

/**
 * Whether a region is in the AWS SDK's partition table. The table also lists pseudo-regions of global endpoints, such as `aws-global`.
 */
const isKnownRegion = (name: string): boolean => 'description' in partition(name) && !name.endsWith('-global');

/** The name of a region that the AWS SDK of this release knows. */
export const region: Kind<string> = (text) =>
  isKnownRegion(text) ? { value: text } : { problem: `${JSON.stringify(text)} is not a region that the AWS SDK knows` };

/** Several regions with commas between. Blanks around a name and repetitions do not count. */
export const regionList: Kind<readonly string[]> = (text) => {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !isKnownRegion(name)).map((name) => JSON.stringify(name));
  return unknown.length === 0
    ? { value: [...new Set(names)] }
    : { problem: `expected regions that the AWS SDK knows, found ${unknown.join(', ')}` };
};

/**
 * The ARN of a resource of one service, in a region and in the partition that the region belongs to.
 *
 * @param resource matches the part of the ARN behind the account.
 */
export const arn =
  (service: string, resource: RegExp, example: string): Kind<string> =>
  (text) => {
    const [prefix, name = '', owner, home = '', account = '', ...rest] = text.split(':');
    const isRight = prefix === 'arn' && owner === service && /^\d{12}$/.test(account) && resource.test(rest.join(':'));
    if (!isRight) return expected(`an ARN such as ${example}`, text);
    if (!isKnownRegion(home))
      return { problem: `${JSON.stringify(home)} in ${text} is not a region that the AWS SDK knows` };
    const { name: right } = partition(home);
    return name === right ? { value: text } : { problem: `${home} is in the partition ${right}, found ${text}` };
  };
