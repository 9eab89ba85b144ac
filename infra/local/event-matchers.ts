/** A value that an event can carry at the end of a path. */
export type Leaf = string | number | boolean | null;

/** Thrown where a pattern is not one that EventBridge would take, or uses an operator that is not known here. */
export class EventPatternError extends Error {
  constructor(path: string, reason: string) {
    super(`event pattern: ${path || '(root)'}: ${reason}`);
    this.name = 'EventPatternError';
  }
}

const NUMERIC: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function isLeaf(value: unknown): value is Leaf {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function text(operand: unknown, path: string): string {
  if (typeof operand === 'string') return operand;
  throw new EventPatternError(path, `expected a string, not ${JSON.stringify(operand)}`);
}

/** The operand of prefix and suffix: a string, or `{equals-ignore-case: string}`. */
function folded(operand: unknown, path: string): { readonly wanted: string; readonly fold: (value: string) => string } {
  const inner = asRecord(operand);
  if (!inner) return { wanted: text(operand, path), fold: (value) => value };
  const wanted = text(inner['equals-ignore-case'], path).toLowerCase();
  return { wanted, fold: (value) => value.toLowerCase() };
}

/** `*` stands for any run of characters, `\*` for a star. */
function wildcardMatches(value: string, operand: unknown, path: string): boolean {
  const source = text(operand, path).replace(/\\([*\\])|(\*)|([\s\S])/g, (_whole, escaped, star, plain) =>
    star ? '[\\s\\S]*' : String(escaped ?? plain).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'),
  );
  return new RegExp(`^${source}$`).test(value);
}

function numericMatches(value: Leaf, operand: unknown, path: string): boolean {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0) {
    throw new EventPatternError(path, 'numeric needs pairs of an operator and a number');
  }
  const pairs = Array.from({ length: operand.length / 2 }, (_, i) => [operand[2 * i], operand[2 * i + 1]] as const);
  return pairs.every(([operator, bound]: readonly [unknown, unknown]) => {
    const compare = NUMERIC[String(operator)];
    if (!compare || typeof bound !== 'number') {
      throw new EventPatternError(path, `numeric has no comparison ${JSON.stringify([operator, bound])}`);
    }
    return typeof value === 'number' && compare(value, bound);
  });
}

/** `anything-but`: a value, a list of values, or one operator with a value or a list. */
function excluded(value: Leaf, operand: unknown, path: string): boolean {
  const inner = asRecord(operand);
  if (!inner) return [operand].flat().some((one) => one === value);
  const [entry, ...more] = Object.entries(inner);
  if (!entry || more.length > 0 || !['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(entry[0])) {
    throw new EventPatternError(path, `anything-but does not take ${JSON.stringify(operand)}`);
  }
  return [entry[1]].flat().some((one) => operatorMatches(value, entry[0], one, path));
}

function operatorMatches(value: Leaf, operator: string, operand: unknown, path: string): boolean {
  const string = typeof value === 'string' ? value : undefined;
  switch (operator) {
    case 'prefix': {
      const { wanted, fold } = folded(operand, path);
      return string !== undefined && fold(string).startsWith(wanted);
    }
    case 'suffix': {
      const { wanted, fold } = folded(operand, path);
      return string !== undefined && fold(string).endsWith(wanted);
    }
    case 'equals-ignore-case':
      return string?.toLowerCase() === text(operand, path).toLowerCase();
    case 'wildcard':
      return string !== undefined && wildcardMatches(string, operand, path);
    case 'numeric':
      return numericMatches(value, operand, path);
    case 'anything-but':
      return !excluded(value, operand, path);
    default:
      throw new EventPatternError(path, `the operator ${operator} is not known`);
  }
}

function existsMatches(present: boolean, operand: unknown, path: string): boolean {
  if (typeof operand !== 'boolean') throw new EventPatternError(path, 'exists needs true or false');
  return operand === present;
}

/**
 * Whether one element of a pattern's list accepts the values at its path; none means that the field is absent, which only
 * `exists: false` accepts (so `anything-but` does not). Throws EventPatternError.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matcherAccepts(matcher: unknown, values: readonly Leaf[], path: string): boolean {
  if (isLeaf(matcher)) return values.includes(matcher);
  const [entry, ...more] = Object.entries(asRecord(matcher) ?? {});
  if (!entry || more.length > 0) {
    throw new EventPatternError(path, `expected a value or one operator, not ${JSON.stringify(matcher)}`);
  }
  const [operator, operand] = entry;
  if (operator === 'exists') return existsMatches(values.length > 0, operand, path);
  // An absent field is still run through the operator once, so that a wrong pattern never passes unnoticed.
  const tried = values.length > 0 ? values : [null];
  const accepted = tried.map((value) => operatorMatches(value, operator, operand, path)).some(Boolean);
  return values.length > 0 && accepted;
}
