import type { ControlShape } from './control-shape.ts';
import { jsonSchema } from './json.ts';
import type { Path } from './problem.ts';

interface Level {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly anyOf?: readonly unknown[];
  /** Of what stands under names of the user's choice. */
  readonly additionalProperties?: unknown;
  /** Of each element of a list. */
  readonly items?: unknown;
}

const isLevel = (value: unknown): value is Level => typeof value === 'object' && value !== null;

/** The level itself, and the alternatives of it. */
const branchesOf = (value: unknown): readonly Level[] =>
  isLevel(value) ? [value, ...(value.anyOf ?? []).filter(isLevel)] : [];

const stepInto = (value: unknown, key: PropertyKey): unknown =>
  branchesOf(value)
    .map(({ properties, additionalProperties, items }) =>
      typeof key === 'number' ? items : (properties?.[String(key)] ?? additionalProperties),
    )
    .find(isLevel);

/** Keys that a policy may have at a path. */
export const knownKeysOf = (controls: readonly ControlShape[]): ((path: Path) => readonly string[]) => {
  const schema = jsonSchema(controls);
  return (path) => {
    const branches = branchesOf(path.reduce<unknown>(stepInto, schema));
    return Object.keys(branches.find(({ properties }) => properties !== undefined)?.properties ?? {});
  };
};
