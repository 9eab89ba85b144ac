import type { EventPattern } from '../../../infra/local/delivery/event-pattern.ts';

/** The names of fields on the way to a value. */
type FieldPath = readonly string[];

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Leaf {
  readonly path: FieldPath;
  readonly matchers: readonly unknown[];
}

/** Every list of values in a pattern, with the path of its field. */
function leavesOf(pattern: unknown, path: FieldPath = []): readonly Leaf[] {
  if (!isObject(pattern)) return [];
  return Object.entries(pattern).flatMap(([name, inner]) => {
    if (name === '$or' && Array.isArray(inner)) return inner.flatMap((alternative) => leavesOf(alternative, path));
    if (Array.isArray(inner)) return [{ path: [...path, name], matchers: inner }];
    return leavesOf(inner, [...path, name]);
  });
}

/** Marks a field to be removed. */
const REMOVED = Symbol('removed');

/** The event with another value at a path. In an array on the path, the first element changes. */
function changedAt(event: unknown, path: FieldPath, value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (Array.isArray(event)) return [changedAt(event[0], path, value), ...event.slice(1)];
  const { [name]: old, ...others } = isObject(event) ? event : {};
  const changed = changedAt(old, rest, value);
  return changed === REMOVED ? others : { ...others, [name]: changed };
}

function valueAt(event: unknown, [name, ...rest]: FieldPath): unknown {
  if (name === undefined) return event;
  const inside = Array.isArray(event) ? event[0] : event;
  return isObject(inside) ? valueAt(inside[name], rest) : undefined;
}

/** The event reduced to these paths. */
function reducedTo(event: unknown, paths: readonly FieldPath[]): unknown {
  return paths.reduce<unknown>((reduced, path) => {
    const value = valueAt(event, path);
    return value === undefined ? reduced : changedAt(reduced, path, value);
  }, {});
}

function ofEveryKind(value: unknown): readonly unknown[] {
  return [
    REMOVED,
    null,
    '',
    0,
    1,
    true,
    [],
    {},
    [[]],
    [value],
    [[value]],
    ['other', value],
    ['other'],
    { inner: value },
    [{ inner: value }],
  ];
}

function swapCase(text: string): string {
  return Array.from(text, (sign) => (sign === sign.toLowerCase() ? sign.toUpperCase() : sign.toLowerCase())).join('');
}

function ofText(value: unknown): readonly unknown[] {
  return typeof value === 'string'
    ? [`${value}x`, `x${value}`, ` ${value}`, value.slice(0, -1), value.slice(1), swapCase(value), `${value}\u0000`]
    : [];
}

/** The texts of a pattern for a field: values and operands of operators. */
function namedBy({ matchers }: Leaf): readonly unknown[] {
  return matchers.flatMap((matcher) => (isObject(matcher) ? Object.values(matcher) : [matcher])).flat();
}

/**
 * Events that differ from the given ones in one field of a pattern: absent, of another type, in a list, in an
 * object, one character longer or shorter, or with a value from another pattern. Events have only the fields
 * of the patterns. Each event is generated once.
 */
export function nearMisses(patterns: readonly EventPattern[], events: readonly unknown[]): readonly unknown[] {
  const leaves = patterns.flatMap((pattern) => leavesOf(pattern));
  const byPath = Map.groupBy(leaves, ({ path }) => path.join('\n'));
  const fields = Array.from(byPath.values(), (group) => ({
    path: group[0]?.path ?? [],
    named: new Set(group.flatMap(namedBy)),
  }));
  const paths = fields.map(({ path }) => path);
  const changed = events
    .map((event) => reducedTo(event, paths))
    .flatMap((event) =>
      fields.flatMap(({ path, named }) => {
        const value = valueAt(event, path);
        const others = [...ofEveryKind(value ?? 'x'), ...ofText(value), ...named];
        return others.map((other) => changedAt(event, path, other));
      }),
    );
  return Array.from(new Set(changed.map((event) => JSON.stringify(event))), (text): unknown => JSON.parse(text));
}
