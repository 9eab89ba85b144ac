import { isFields } from '../../../shared/events/fields.ts';
import type { Literal } from './query.ts';

const leafOf = (value: unknown): readonly Literal[] => {
  if (typeof value === 'string' || typeof value === 'number') return [value];
  return typeof value === 'boolean' ? [String(value)] : [];
};

const along = (value: unknown, path: readonly string[]): readonly Literal[] => {
  if (Array.isArray(value)) return value.flatMap((one) => along(one, path));
  const [key, ...rest] = path;
  if (key === undefined) return leafOf(value);
  return isFields(value) && Object.hasOwn(value, key) ? along(value[key], rest) : [];
};

/** What a resource has under a property, in every entry of the lists on the way. */
export const valuesOf = (resource: object, property: string): readonly Literal[] =>
  along(resource, property.split('.'));

const only = (value: unknown, paths: readonly (readonly string[])[]): unknown => {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) return value.map((one) => only(one, paths));
  if (!isFields(value)) return value;
  const keys = [...new Set(paths.flatMap(([key]) => key ?? []))].filter((key) => Object.hasOwn(value, key));
  return Object.fromEntries(
    keys.map((key) => [
      key,
      only(
        value[key],
        paths.filter(([head]) => head === key).map(([, ...rest]) => rest),
      ),
    ]),
  );
};

/** A resource with these properties alone, where they stand in it. */
export const withOnly = (resource: object, properties: readonly string[]): object =>
  Object(
    only(
      resource,
      properties.map((property) => property.split('.')),
    ),
  );
