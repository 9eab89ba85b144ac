import type { AnyControl } from '../domain/control.ts';
import {
  type ControlOptions,
  higherMode,
  lowerMode,
  MODES,
  type Mode,
  type OtherPortOptions,
  type RemedyId,
  type Tiers,
  type WidthLimit,
} from '../domain/control-options.ts';
import type { PortSet } from '../domain/group.ts';
import type { Policy } from '../domain/policy.ts';
import { unionPorts } from '../network/ports.ts';
import { editPorts, NO_PORTS, type PortEdit } from './notation.ts';

/** Names of the presets, the mildest first. */
export const PRESET_NAMES = ['observe', 'guard', 'strict'] as const satisfies readonly Preset[];

/** What a policy needs to know of a control: its name, what it is about, and the options it ships with. */
export type ControlShape = Pick<AnyControl, 'id' | 'title' | 'defaults' | 'leavesTo' | 'narrows' | 'migrates' | 'own'>;

/** What may become of a rule that the control closes. */
export function remediesOf({ narrows = [], migrates = false }: ControlShape): readonly RemedyId[] {
  return ['revoke', ...(narrows.length > 0 ? (['narrow'] as const) : []), ...(migrates ? (['migrate'] as const) : [])];
}

/** Options that follow from the rest of the policy and are not written. */
const DERIVED: ReadonlySet<string> = new Set(['namedPorts']);

/** Options of a control that are sets of ports, by name. */
export function portOptions(defaults: ControlOptions): ReadonlyMap<string, PortSet> {
  return new Map(
    Object.entries(defaults).flatMap(([name, value]) =>
      isPortSet(value) && !DERIVED.has(name) ? [[name, value] as const] : [],
    ),
  );
}

function isPortSet(value: unknown): value is PortSet {
  return typeof value === 'object' && value !== null && 'tcp' in value && 'udp' in value;
}

/** Options of a control that are numbers, by name. */
export function numberOptions(defaults: ControlOptions): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(defaults).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'number' ? [[name, value] as const] : [],
    ),
  );
}

/** Least and greatest value of a number, by the option's name; of others, as of numbers of ports, 0–65535. */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  ipv4: [1, 32],
  ipv6: [1, 128],
  withinMinutes: [1, 1440],
};

/** Bounds of a control's numbers. */
export function boundsOf(name: string): readonly [least: number, most: number] {
  return BOUNDS[name] ?? [0, 65_535];
}

/** Options of a control that are lists of words, by name. */
export function listOptions(defaults: ControlOptions): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(defaults).flatMap(([name, value]: [string, unknown]) =>
      Array.isArray(value) ? [[name, value.map(String)] as const] : [],
    ),
  );
}

/** The two modes of a control. */
export type ModePair = Pick<ControlOptions, 'fresh' | 'existing'>;

/**
 * Modes by preset, from those that a control ships with (`guard`).
 * `observe`: nothing goes further than a report. `strict`: what guard alerts on is closed when it is fresh, and what guard closes when
 * it is fresh is closed where it exists too; but where guard asks people about existing rules, they are still asked.
 */
const PRESETS = {
  observe: ({ fresh, existing }) => ({ fresh: lowerMode(fresh, 'observe'), existing: lowerMode(existing, 'observe') }),
  guard: ({ fresh, existing }) => ({ fresh, existing }),
  strict: ({ fresh, existing }) => ({
    fresh: atLeast(fresh, 'alert') ? 'enforce' : fresh,
    existing: fresh === 'enforce' && existing !== 'approve' ? 'enforce' : existing,
  }),
} as const satisfies Readonly<Record<string, (guard: ModePair) => ModePair>>;

function atLeast(mode: Mode, floor: Mode): boolean {
  return MODES.indexOf(mode) >= MODES.indexOf(floor);
}

/** Name of a preset. */
type Preset = keyof typeof PRESETS;

/** Modes of a control by preset. What looks after the cell itself has the modes that it ships with: it closes nobody else's rules. */
export function presetModes(
  { defaults, own }: { readonly defaults: ModePair; readonly own?: true },
  preset: Preset,
): ModePair {
  return PRESETS[own ? 'guard' : preset](defaults);
}

/** What a policy sets a control to: a mode both ways, or some of its options. A list of words looks like a whole list of ports. */
type ControlSetting = Mode | Readonly<Record<string, string | number | PortEdit | undefined>>;

/** Options that a policy gives a control: what it ships with, the preset's modes, and what the policy says of it, each over the one before. */
export function controlOptions(
  shape: ControlShape,
  preset: Preset,
  setting: ControlSetting | undefined,
): ControlOptions {
  const { defaults } = shape;
  const start = { ...defaults, ...presetModes(shape, preset) };
  if (setting === undefined) return start;
  if (typeof setting === 'string') return { ...start, fresh: setting, existing: setting };
  const shipped = portOptions(defaults);
  const lists = listOptions(defaults);
  const set = Object.entries(setting).flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    if (value === undefined) return [];
    if (typeof value !== 'object') return [[name, value]];
    if (lists.has(name)) return [[name, Object.values(value).map(String)]];
    return [[name, editPorts(shipped.get(name) ?? NO_PORTS, value)]];
  });
  return { ...start, ...Object.fromEntries(set) };
}

type Compiled = Policy['controls'];

/** The control that judges by the tier map. */
const TIER_CONTROL = 'tier-source';

/** The options of every control with those that follow from the rest of the policy. */
export function withDerivedOptions(all: Compiled, shapes: readonly ControlShape[], tiers: Tiers | undefined): Compiled {
  return Object.fromEntries(
    shapes.flatMap(({ id, leavesTo }) => {
      const options = all[id];
      if (options === undefined) return [];
      const left = leavesTo === undefined ? {} : leavings(options, leavesTo, all);
      return [[id, { ...options, ...left, ...(id === TIER_CONTROL && tiers !== undefined && { tiers }) }]];
    }),
  );
}

/** What a control leaves to others, as these are set: ports that they name, and wide openings where they are as strict about them. */
function leavings(options: ControlOptions, ids: readonly string[], all: Compiled) {
  const others = ids.flatMap((id) => all[id] ?? []);
  const wide = others.filter(isWidth).find((other) => isAtLeast(other, options));
  return {
    namedPorts: unionPorts(others.flatMap((other) => portOptions(other).get('ports') ?? [])),
    wide: wide && { maxPorts: wide.maxPorts, publicPorts: wide.publicPorts },
  } satisfies Record<keyof Pick<OtherPortOptions, 'namedPorts' | 'wide'>, unknown>;
}

function isWidth(options: ControlOptions): options is ControlOptions & WidthLimit {
  return 'maxPorts' in options && 'publicPorts' in options;
}

function isAtLeast(one: ControlOptions, other: ControlOptions): boolean {
  return higherMode(one.fresh, other.fresh) === one.fresh && higherMode(one.existing, other.existing) === one.existing;
}
