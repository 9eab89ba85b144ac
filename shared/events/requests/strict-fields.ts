import { EventUnreadable } from '../../domain/errors.ts';
import { asFields, type Fields } from '../json.ts';

/** An object of a command, and its place for messages. Commands are the project's own: one spelling, and no field that it does not know. */
export interface StrictPart {
  readonly fields: Fields;
  readonly at: string;
}

/** Opens an object. Throws EventUnreadable where it is none. */
export function openPart(value: unknown, at: string): StrictPart {
  const fields = asFields(value);
  if (fields === undefined) throw new EventUnreadable(at, 'an object');
  return { fields, at };
}

/** Throws EventUnreadable for a field that is not among these. */
export function allowOnly(part: StrictPart, names: readonly string[]): void {
  const odd = Object.keys(part.fields).find((name) => !names.includes(name));
  if (odd !== undefined) throw new EventUnreadable(placeIn(part, odd), `no such field (known: ${names.join(', ')})`);
}

function placeIn({ at }: StrictPart, name: string): string {
  return `${at}.${name}`;
}

/** A field as `read` takes it, which answers undefined for what it is not. Throws EventUnreadable. */
export function readIn<T>(
  part: StrictPart,
  name: string,
  read: (value: unknown) => T | undefined,
  expected: string,
): T {
  const value = read(valueIn(part, name));
  if (value === undefined) throw new EventUnreadable(placeIn(part, name), expected);
  return value;
}

function valueIn({ fields }: StrictPart, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** A field by itself in an object, or nothing where it is left out: for optional fields. Throws what `read` throws. */
export function optionalIn<K extends string, T>(
  part: StrictPart,
  name: K,
  read: (part: StrictPart, name: K) => T,
): { readonly [_ in K]?: T } {
  if (valueIn(part, name) === undefined) return {};
  const found: { [_ in K]?: T } = {};
  found[name] = read(part, name);
  return found;
}

/** Longest text in a command: an alert has room for it. */
const MOST_CHARACTERS = 2000;

/** A text, which may be empty. Throws EventUnreadable. */
export function textIn(part: StrictPart, name: string): string {
  return readIn(part, name, asShortText, `a text of at most ${MOST_CHARACTERS} characters`);
}

function asShortText(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MOST_CHARACTERS ? value : undefined;
}

/**
 * An id that is looked up, of any length. No id is longer than a text may be; what is cut off a longer one does not make it known.
 * Throws EventUnreadable.
 */
export function idIn(part: StrictPart, name: string): string {
  return readIn(
    part,
    name,
    (value) => (typeof value === 'string' ? value.slice(0, MOST_CHARACTERS) : undefined),
    'a text',
  );
}

/** One of some words. Throws EventUnreadable. */
export function wordIn<W extends string>(part: StrictPart, name: string, words: readonly W[]): W {
  return readIn(part, name, (value) => words.find((word) => word === value), `one of ${words.join(', ')}`);
}

/** A whole number. Throws EventUnreadable. */
export function integerIn(part: StrictPart, name: string): number {
  return readIn(part, name, (value) => (Number.isSafeInteger(value) ? Number(value) : undefined), 'a whole number');
}

/** True or false. Throws EventUnreadable. */
export function booleanIn(part: StrictPart, name: string): boolean {
  return readIn(part, name, (value) => (typeof value === 'boolean' ? value : undefined), 'true or false');
}

/** Nothing but true. Throws EventUnreadable. */
export function trueIn(part: StrictPart, name: string): true {
  return readIn(part, name, (value) => (value === true ? value : undefined), 'true');
}

/** An object within. Throws EventUnreadable. */
export function partIn(part: StrictPart, name: string): StrictPart {
  return openPart(valueIn(part, name), placeIn(part, name));
}

/** An element of a list. */
export interface StrictElement {
  readonly value: unknown;
  readonly at: string;
}

/** The elements of a list, each with its place. Throws EventUnreadable. */
export function listIn(part: StrictPart, name: string): readonly StrictElement[] {
  const list = valueIn(part, name);
  if (!Array.isArray(list)) throw new EventUnreadable(placeIn(part, name), 'a list');
  return list.map((value: unknown, index) => ({ value, at: `${placeIn(part, name)}[${index}]` }));
}

/** Letters and digits that a plan's id may have: longer ones, and other characters, are no id. */
const PLAN_ID = /^[\w-]{1,64}$/;

/** A plan's id. Throws EventUnreadable. */
export function planIdIn(part: StrictPart): string {
  return readIn(
    part,
    'planId',
    (value) => (typeof value === 'string' && PLAN_ID.test(value) ? value : undefined),
    "a plan's id",
  );
}
