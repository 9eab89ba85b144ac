import type { ControlShape } from './control-shape.ts';
import { jsonSchema } from './json-schema.ts';
import type { Path } from './problem.ts';

interface Level {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly anyOf?: readonly unknown[];
  /** Of what stands under names of the user's choice. */
  readonly additionalProperties?: unknown;
}

const isLevel = (value: unknown): value is Level => typeof value === 'object' && value !== null;

const hasKeys = ({ properties, additionalProperties }: Level): boolean =>
  properties !== undefined || isLevel(additionalProperties);

/** The level itself, or the alternative of it that has keys. */
const keyed = (value: unknown): Level => {
  const alternatives = isLevel(value) ? [value, ...(value.anyOf ?? [])] : [];
  return alternatives.filter(isLevel).find(hasKeys) ?? {};
};

/** Keys that a policy may have at a path. */
export const knownKeysOf = (controls: readonly ControlShape[]): ((path: Path) => readonly string[]) => {
  const top = keyed(jsonSchema(controls));
  return (path) => {
    const level = path.reduce<Level>((at, key) => keyed(at.properties?.[String(key)] ?? at.additionalProperties), top);
    return Object.keys(level.properties ?? {});
  };
};
