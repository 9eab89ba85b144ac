import { EventPatternError, type Leaf, matcherAccepts } from './event-matchers.ts';

/** An EventBridge event pattern: nested objects, at their ends lists of values and operators. */
export interface EventPattern {
  readonly [field: string]: unknown;
}

function isObject(value: unknown): value is EventPattern {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The values at the end of a path; objects are no values, and an empty list holds none. */
function leavesOf(value: unknown): readonly Leaf[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) {
    return [value];
  }
  return [];
}

function fieldOf(event: unknown, name: string): unknown {
  return isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined;
}

/** The objects in which a nested pattern may match: an array's elements one by one, and nothing where there is none. */
function scopesOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return [value];
  const objects = value.flat(Number.POSITIVE_INFINITY).filter(isObject);
  return objects.length > 0 ? objects : [undefined];
}

function fieldMatches(pattern: unknown, value: unknown, path: string): boolean {
  if (Array.isArray(pattern)) {
    if (pattern.length === 0) throw new EventPatternError(path, 'a list may not be empty');
    const leaves = leavesOf(value);
    return pattern.map((matcher) => matcherAccepts(matcher, leaves, path)).some(Boolean);
  }
  if (!isObject(pattern)) throw new EventPatternError(path, 'expected a list or an object');
  return scopesOf(value)
    .map((scope) => objectMatches(pattern, scope, path))
    .some(Boolean);
}

function alternativesMatch(alternatives: unknown, event: unknown, path: string): boolean {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every(isObject)) {
    throw new EventPatternError(`${path}$or`, 'expected a list of at least two objects');
  }
  return alternatives.map((alternative) => objectMatches(alternative, event, path)).some(Boolean);
}

function objectMatches(pattern: EventPattern, event: unknown, path: string): boolean {
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw new EventPatternError(path, 'an object may not be empty');
  return fields
    .map(([name, inner]) => {
      if (name === '$or') return alternativesMatch(inner, event, path);
      return fieldMatches(inner, fieldOf(event, name), `${path}${path === '' ? '' : '.'}${name}`);
    })
    .every(Boolean);
}

/**
 * Whether an event matches a pattern, as EventBridge decides it: every field named must match, one of the values or
 * operators in its list is enough. All of the pattern is always evaluated, so that a wrong one throws EventPatternError
 * at the first event, whatever that is.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function eventMatches(pattern: EventPattern, event: unknown): boolean {
  return objectMatches(pattern, event, '');
}
