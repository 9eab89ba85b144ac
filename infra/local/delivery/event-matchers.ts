import { BlockList, isIP } from 'node:net';

/** A value in an event that is neither a list nor an object. */
export type Leaf = string | number | boolean | null;

/** Thrown for a pattern that EventBridge refuses, or for an unsupported operator. */
export class EventPatternError extends Error {
  constructor(path: string, reason: string) {
    super(`event pattern: ${path || '(root)'}: ${reason}`);
    this.name = 'EventPatternError';
  }
}

type Accepts = (value: Leaf) => boolean;

/**
 * What one element of a pattern's list requires of a field: absent from the whole event, present, or a
 * matching value.
 */
export type Matcher =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'value'; readonly accepts: Accepts };

const NUMERIC: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** Valid comparisons of `numeric`: one comparison, or a lower bound and then an upper bound. */
const COMPARISONS = /^(?:=|[<>]=?|>=?,<=?)$/;

/** Whether a value is neither a list nor an object. */
export function isLeaf(value: unknown): value is Leaf {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** The only entry of an object. Undefined for any other value. */
function soleEntry(value: unknown): readonly [name: string, value: unknown] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [entry, ...more] = Object.entries(value);
  return more.length === 0 ? entry : undefined;
}

function requireText(operand: unknown, path: string): string {
  if (typeof operand === 'string') return operand;
  throw new EventPatternError(path, `expected a string, not ${JSON.stringify(operand)}`);
}

function ofText(accepts: (value: string) => boolean): Accepts {
  return (value) => typeof value === 'string' && accepts(value);
}

/** prefix and suffix take a string or `{equals-ignore-case: string}`. */
function affix(operand: unknown, path: string, isAffix: (value: string, wanted: string) => boolean): Accepts {
  const [operator, folded] = soleEntry(operand) ?? [];
  if (operator !== 'equals-ignore-case') {
    const wanted = requireText(operand, path);
    return ofText((value) => isAffix(value, wanted));
  }
  const wanted = requireText(folded, path).toLowerCase();
  return ofText((value) => isAffix(value.toLowerCase(), wanted));
}

/** `*` matches any text, `\*` matches a star and `\\` a backslash. */
function wildcard(operand: unknown, path: string): Accepts {
  const given = requireText(operand, path);
  const plain = given.replace(/\\[*\\]/g, '');
  if (plain.includes('\\'))
    throw new EventPatternError(path, 'wildcard: a backslash must be followed by * or by another one');
  if (/\*\*/.test(given.replace(/\\[*\\]/g, '.')))
    throw new EventPatternError(path, 'wildcard: two stars may not follow each other');
  const source = given.replace(/\\([*\\])|(\*)|([\s\S])/g, (_whole, escaped, star, other) =>
    star ? '[\\s\\S]*' : String(escaped ?? other).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'),
  );
  const expression = new RegExp(`^${source}$`);
  return ofText((value) => expression.test(value));
}

function numeric(operand: unknown, path: string): Accepts {
  const parts: readonly unknown[] = Array.isArray(operand) ? operand : [];
  const pairs = Array.from(
    { length: Math.ceil(parts.length / 2) },
    (_, i) => [parts[2 * i], parts[2 * i + 1]] as const,
  );
  const bounds = pairs.flatMap(([operator, bound]) =>
    typeof bound === 'number' ? [{ operator: String(operator), bound }] : [],
  );
  const [lower, upper] = bounds;
  const isKnown = COMPARISONS.test(pairs.map(([operator]) => operator).join(',')) && bounds.length === pairs.length;
  if (!isKnown || (lower && upper && lower.bound >= upper.bound)) {
    throw new EventPatternError(
      path,
      `numeric takes one comparison, or a lower and a higher bound, not ${JSON.stringify(operand)}`,
    );
  }
  return (value) =>
    typeof value === 'number' && bounds.every(({ operator, bound }) => NUMERIC[operator]?.(value, bound) ?? false);
}

function cidr(operand: unknown, path: string): Accepts {
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(requireText(operand, path)) ?? [];
  const version = isIP(address);
  if (version === 0 || Number(length) > (version === 4 ? 32 : 128)) {
    throw new EventPatternError(path, `cidr takes an address and a prefix length, not ${JSON.stringify(operand)}`);
  }
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(address, Number(length), family);
  return ofText((value) => isIP(value) === version && block.check(value, family));
}

/** Operators that `anything-but` can negate, each with a string or a list of strings. */
const NEGATABLE: ReadonlySet<string> = new Set(['prefix', 'suffix', 'equals-ignore-case', 'wildcard']);

function isListOf(type: 'string' | 'number', values: readonly unknown[]): boolean {
  return values.length > 0 && values.every((value) => typeof value === type);
}

/** `anything-but` takes a string or a number, a list of either, or one operator. */
function anythingBut(operand: unknown, path: string): Accepts {
  const [operator, negated] = soleEntry(operand) ?? [];
  const values: readonly unknown[] = [operator === undefined ? operand : negated].flat();
  const isTaken =
    operator === undefined
      ? isListOf('string', values) || isListOf('number', values)
      : NEGATABLE.has(operator) && isListOf('string', values) && !values.includes('');
  if (!isTaken) throw new EventPatternError(path, `anything-but does not take ${JSON.stringify(operand)}`);
  if (operator === undefined) return (value) => !values.includes(value);
  const excluded = values.map((value) => operatorAccepts(operator, value, path));
  return (value) => !excluded.some((accepts) => accepts(value));
}

function operatorAccepts(operator: string, operand: unknown, path: string): Accepts {
  switch (operator) {
    case 'prefix':
      return affix(operand, path, (value, wanted) => value.startsWith(wanted));
    case 'suffix':
      return affix(operand, path, (value, wanted) => value.endsWith(wanted));
    case 'equals-ignore-case': {
      const wanted = requireText(operand, path).toLowerCase();
      return ofText((value) => value.toLowerCase() === wanted);
    }
    case 'exactly': {
      const wanted = requireText(operand, path);
      return (value) => value === wanted;
    }
    case 'wildcard':
      return wildcard(operand, path);
    case 'numeric':
      return numeric(operand, path);
    case 'cidr':
      return cidr(operand, path);
    case 'anything-but':
      return anythingBut(operand, path);
    default:
      throw new EventPatternError(path, `the operator ${operator} is not known`);
  }
}

/**
 * Reads one element of a pattern's list: a value, or an object with one operator.
 *
 * @param path of the field, for the error.
 * @throws EventPatternError
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function readMatcher(element: unknown, path: string): Matcher {
  if (isLeaf(element)) return { kind: 'value', accepts: (value) => value === element };
  const entry = soleEntry(element);
  if (!entry) throw new EventPatternError(path, `expected a value or one operator, not ${JSON.stringify(element)}`);
  const [operator, operand] = entry;
  if (operator !== 'exists') return { kind: 'value', accepts: operatorAccepts(operator, operand, path) };
  if (typeof operand !== 'boolean') throw new EventPatternError(path, 'exists needs true or false');
  return { kind: operand ? 'present' : 'absent' };
}
