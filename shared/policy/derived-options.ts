import { higherMode } from '../domain/controls/mode.ts';
import type { ControlOptions, OtherPortOptions, WidthLimit } from '../domain/controls/options.ts';
import type { Policy } from '../domain/controls/policy.ts';
import type { Tiers } from '../domain/controls/tiers.ts';
import { joinPorts } from '../network/ports.ts';
import { type ControlShape, portOptions } from './schema/control-shape.ts';

/** The control that judges by the tier map. */
const TIER_CONTROL = 'tier-source';

type Compiled = Policy['controls'];

const isAtLeast = (one: ControlOptions, other: ControlOptions): boolean =>
  higherMode(one.fresh, other.fresh) === one.fresh && higherMode(one.existing, other.existing) === one.existing;

const isWidth = (options: ControlOptions): options is ControlOptions & WidthLimit =>
  'maxPorts' in options && 'publicPorts' in options;

/** What a control leaves to others, as these are set: ports that they name, and wide openings where they are as strict about them. */
const leavings = (options: ControlOptions, ids: readonly string[], all: Compiled) => {
  const others = ids.flatMap((id) => all[id] ?? []);
  const wide = others.filter(isWidth).find((other) => isAtLeast(other, options));
  return {
    namedPorts: joinPorts(others.flatMap((other) => portOptions(other).get('ports') ?? [])),
    wide: wide && { maxPorts: wide.maxPorts, publicPorts: wide.publicPorts },
  } satisfies Record<keyof Pick<OtherPortOptions, 'namedPorts' | 'wide'>, unknown>;
};

/** The options of every control with those that follow from the rest of the policy. */
export const withDerived = (all: Compiled, shapes: readonly ControlShape[], tiers: Tiers | undefined): Compiled =>
  Object.fromEntries(
    shapes.flatMap(({ id, leavesTo }) => {
      const options = all[id];
      if (options === undefined) return [];
      const left = leavesTo === undefined ? {} : leavings(options, leavesTo, all);
      return [[id, { ...options, ...left, ...(id === TIER_CONTROL && tiers !== undefined && { tiers }) }]];
    }),
  );
