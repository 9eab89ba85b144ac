import { EventUnreadable } from '../../domain/errors.ts';
import { asFields, type Fields } from '../json.ts';

/** An object of a request, with its path for error messages. An unknown field is an error. */
export interface StrictPart {
  readonly fields: Fields;
  readonly at: string;
}

/** Opens an object. Throws EventUnreadable for any other value. */
export function openPart(value: unknown, at: string): StrictPart {
  const fields = asFields(value);
  if (fields === undefined) throw new EventUnreadable(at, 'an object');
  return { fields, at };
}

/** Throws EventUnreadable if the object has a field that is not in `names`. */
export function allowOnly(part: StrictPart, names: readonly string[]): void {
  const unknown = Object.keys(part.fields).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new EventUnreadable(placeIn(part, unknown), `no such field (known: ${names.join(', ')})`);
}

function placeIn({ at }: StrictPart, name: string): string {
  return `${at}.${name}`;
}

/** What `read` makes of a field. Throws EventUnreadable if `read` returns undefined. */
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

/** An object with only this field, or an empty object if the field is absent. Throws what `read` throws. */
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

/** Maximum length of a text in a request. A text of this length fits into an alert. */
const MOST_CHARACTERS = 2000;

/** A text, which may be empty. Throws EventUnreadable for any other value. */
export function textIn(part: StrictPart, name: string): string {
  return readIn(part, name, asShortText, `a text of at most ${MOST_CHARACTERS} characters`);
}

function asShortText(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MOST_CHARACTERS ? value : undefined;
}

/** An id for a lookup. A longer text is cut: no id has this length. Throws EventUnreadable. */
export function idIn(part: StrictPart, name: string): string {
  return readIn(
    part,
    name,
    (value) => (typeof value === 'string' ? value.slice(0, MOST_CHARACTERS) : undefined),
    'a text',
  );
}

/** One of `words`. Throws EventUnreadable for any other value. */
export function wordIn<W extends string>(part: StrictPart, name: string, words: readonly W[]): W {
  return readIn(part, name, (value) => words.find((word) => word === value), `one of ${words.join(', ')}`);
}

/** A whole number. Throws EventUnreadable for any other value. */
export function integerIn(part: StrictPart, name: string): number {
  return readIn(part, name, (value) => (Number.isSafeInteger(value) ? Number(value) : undefined), 'a whole number');
}

/** True or false. Throws EventUnreadable for any other value. */
export function booleanIn(part: StrictPart, name: string): boolean {
  return readIn(part, name, (value) => (typeof value === 'boolean' ? value : undefined), 'true or false');
}

/** True. Throws EventUnreadable for any other value. */
export function trueIn(part: StrictPart, name: string): true {
  return readIn(part, name, (value) => (value === true ? value : undefined), 'true');
}

/** An object in a field. Throws EventUnreadable for any other value. */
export function partIn(part: StrictPart, name: string): StrictPart {
  return openPart(valueIn(part, name), placeIn(part, name));
}

/** An element of a list. */
export interface StrictElement {
  readonly value: unknown;
  readonly at: string;
}

/** The elements of a list, each with its path. Throws EventUnreadable if the field is not a list. */
export function listIn(part: StrictPart, name: string): readonly StrictElement[] {
  const list = valueIn(part, name);
  if (!Array.isArray(list)) throw new EventUnreadable(placeIn(part, name), 'a list');
  return list.map((value: unknown, index) => ({ value, at: `${placeIn(part, name)}[${index}]` }));
}

/** The id of a plan. Throws EventUnreadable for any other value. */
export function planIdIn(part: StrictPart): string {
  return readIn(
    part,
    'planId',
    (value) => (typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? value : undefined),
    "a plan's id",
  );
}
