import type { Filter } from '@aws-sdk/client-ec2';
import { invalidParameter } from './aws-error.ts';

/** The values by which one resource can be found, by filter name. */
export type Filterable = Readonly<Record<string, readonly string[]>>;

/** EC2's wildcards: `*` any run, `?` any one character, `\` takes the next literally. */
function matcher(pattern: string): (value: string) => boolean {
  if (!/[*?\\]/.test(pattern)) return (value) => value === pattern;
  const source = pattern.replace(/\\([\s\S])|([*?])|([^*?\\]+)/g, (whole, escaped, star, plain) => {
    if (star !== undefined) return star === '*' ? '[\\s\\S]*' : '[\\s\\S]';
    return String(escaped ?? plain ?? whole).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  const whole = new RegExp(`^${source}$`);
  return (value) => whole.test(value);
}

function valuesFor(name: string, fields: Filterable, tags: ReadonlyMap<string, string>): readonly string[] {
  if (name.startsWith('tag:')) {
    const value = tags.get(name.slice(4));
    return value === undefined ? [] : [value];
  }
  if (name === 'tag-key') return [...tags.keys()];
  const values = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!values) throw invalidParameter(`The filter '${name}' is invalid`);
  return values;
}

/**
 * Whether a resource passes every filter; within a filter one of the values is enough. Throws InvalidParameterValue for an unknown name.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
export function passes(
  filters: readonly Filter[] | undefined,
  fields: Filterable,
  tags: ReadonlyMap<string, string> = new Map(),
): boolean {
  return (filters ?? []).every(({ Name, Values }) => {
    const actual = valuesFor(Name ?? '', fields, tags);
    return (Values ?? []).some((pattern) => actual.some(matcher(pattern)));
  });
}
