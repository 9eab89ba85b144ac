import { EventPatternError, isLeaf, type Leaf, type Matcher, readMatcher } from './event-matchers.ts';

/** An EventBridge event pattern: nested objects with lists of values and operators at their ends. */
export interface EventPattern {
  readonly [field: string]: unknown;
}

/** The requirements on each field, by its path. A pattern with `$or` has several conjunctions. */
type Conjunction = ReadonlyMap<string, readonly Matcher[]>;

/** Where a value is inside arrays: the index of its element, by array. */
type Position = ReadonlyMap<object, number>;

/** A value of an event. Elements of an array have the array's path. */
interface EventField {
  readonly value: Leaf;
  readonly position: Position;
}

function isObject(value: unknown): value is EventPattern {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function joinPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function readAlternatives(before: readonly Conjunction[], alternatives: unknown, path: string): readonly Conjunction[] {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every(isObject)) {
    throw new EventPatternError(joinPath(path, '$or'), 'expected a list of at least two objects');
  }
  return alternatives.flatMap((alternative) => readObject(before, alternative, path));
}

function readField(before: readonly Conjunction[], pattern: unknown, path: string): readonly Conjunction[] {
  if (isObject(pattern)) return readObject(before, pattern, path);
  if (!Array.isArray(pattern)) throw new EventPatternError(path, 'expected a list or an object');
  if (pattern.length === 0) throw new EventPatternError(path, 'a list may not be empty');
  const matchers = pattern.map((element) => readMatcher(element, path));
  // A field that is named both beside `$or` and in it keeps the last list, as in EventBridge.
  return before.map((conjunction) => new Map([...conjunction, [path, matchers]]));
}

/** Adds the requirements of a part of a pattern to earlier ones. Throws EventPatternError. */
function readObject(before: readonly Conjunction[], pattern: EventPattern, path: string): readonly Conjunction[] {
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw new EventPatternError(path, 'an object may not be empty');
  return fields.reduce(
    (read, [name, inner]) =>
      name === '$or' ? readAlternatives(read, inner, path) : readField(read, inner, joinPath(path, name)),
    before,
  );
}

type Entry = readonly [path: string, field: EventField];

/** Every value of an event with its path. Empty lists and objects have no values. */
function fieldsOf(value: unknown, path = '', position: Position = new Map()): readonly Entry[] {
  if (Array.isArray(value)) {
    return value.flatMap((element, index) => fieldsOf(element, path, new Map([...position, [value, index]])));
  }
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, joinPath(path, name), position));
  }
  return isLeaf(value) ? [[path, { value, position }]] : [];
}

/** Two positions combined. Undefined if they are in different elements of an array. */
function joinPositions(one: Position, other: Position): Position | undefined {
  const isApart = Array.from(other).some(([array, index]) => (one.get(array) ?? index) !== index);
  return isApart ? undefined : new Map([...one, ...other]);
}

function accepts(matchers: readonly Matcher[], value: Leaf): boolean {
  return matchers.some(
    ({ kind, ...matcher }) => kind === 'present' || ('accepts' in matcher && matcher.accepts(value)),
  );
}

/** Whether the remaining fields match, given the array elements in which earlier fields matched. */
function matchesFrom(
  requirements: readonly (readonly [path: string, matchers: readonly Matcher[]])[],
  fields: ReadonlyMap<string, readonly EventField[]>,
  position: Position = new Map(),
): boolean {
  const [first, ...rest] = requirements;
  if (first === undefined) return true;
  const [path, matchers] = first;
  const reachable = (fields.get(path) ?? []).flatMap(({ value, position: own }) => {
    const together = joinPositions(position, own);
    return together === undefined ? [] : [{ value, together }];
  });
  const mayBeAbsent = matchers.some(({ kind }) => kind === 'absent');
  if (mayBeAbsent && reachable.length === 0 && matchesFrom(rest, fields, position)) return true;
  return reachable.some(({ value, together }) => accepts(matchers, value) && matchesFrom(rest, fields, together));
}

/**
 * Whether an event matches a pattern, as in EventBridge. Every named field must match. A field matches if one
 * value or operator of its list does. Fields inside an array must match in the same element. Fields are
 * evaluated in the order of their paths; `exists: false` requires a field to be absent from all elements that
 * earlier fields have left.
 *
 * @throws EventPatternError for an invalid pattern, whatever the event is.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 * @see https://github.com/aws/event-ruler, the matcher that EventBridge runs
 */
export function eventMatches(pattern: EventPattern, event: unknown): boolean {
  const conjunctions = readObject([new Map()], pattern, '');
  const byPath = Map.groupBy(fieldsOf(event), ([path]) => path);
  const fields = new Map(Array.from(byPath, ([path, entries]) => [path, entries.map(([, field]) => field)]));
  return conjunctions.some((conjunction) =>
    matchesFrom(
      [...conjunction].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      fields,
    ),
  );
}
