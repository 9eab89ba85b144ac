/**
 * What is wrong with a part of a request, worded like Slack's errors: `must be less than 151 characters
 * [json-pointer:/blocks/0/text/text]`.
 */
export type Complaints = readonly string[];

/** Checks one value. `at` is its JSON pointer. */
export type Check = (value: unknown, at: string) => Complaints;

function complaint(what: string, at: string): Complaints {
  return [`${what} [json-pointer:${at}]`];
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string with a minimum and a maximum length. */
export function string(most: number, least = 1): Check {
  return (value, at) => {
    if (typeof value !== 'string') return complaint('must be a string', at);
    if (value.length > most) return complaint(`must be less than ${most + 1} characters`, at);
    return value.length < least ? complaint(`must be more than ${least - 1} characters`, at) : [];
  };
}

/** One of these values. */
export function oneOf(...values: readonly unknown[]): Check {
  return (value, at) =>
    values.includes(value) ? [] : complaint(`must be one of ${values.map(String).join(', ')}`, at);
}

export const boolean: Check = oneOf(true, false);

/** An array with a minimum and a maximum length. */
export function list(each: Check, most: number, least = 1): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return complaint('must be an array', at);
    if (value.length > most) return complaint(`no more than ${most} items allowed`, at);
    if (value.length < least) return complaint(`no less than ${least} items allowed`, at);
    return value.flatMap((one, i) => each(one, `${at}/${i}`));
  };
}

/** An object with these fields and no others. */
export function object(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  return (value, at) => {
    if (!isObject(value)) return complaint('must be an object', at);
    const checks = new Map(Object.entries({ ...optional, ...required }));
    return [
      ...Object.keys(required)
        .filter((key) => !Object.hasOwn(value, key))
        .flatMap((key) => complaint(`missing required field: ${key}`, at)),
      ...Object.entries(value).flatMap(
        ([key, one]) => checks.get(key)?.(one, `${at}/${key}`) ?? complaint(`invalid additional property: ${key}`, at),
      ),
    ];
  };
}

/** An object that is checked according to its `type`. */
export function byType(checks: Readonly<Record<string, Check>>): Check {
  return (value, at) => {
    const type = isObject(value) ? value['type'] : undefined;
    const check = typeof type === 'string' && Object.hasOwn(checks, type) ? checks[type] : undefined;
    return check === undefined ? complaint(`unsupported type: ${String(type)}`, `${at}/type`) : check(value, at);
  };
}

/** All of these checks. */
export function every(...checks: readonly Check[]): Check {
  return (value, at) => checks.flatMap((check) => check(value, at));
}

/** Parses a JSON object. Undefined if the body is not a JSON object. */
export function jsonIn(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
