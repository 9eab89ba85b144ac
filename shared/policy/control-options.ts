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

/** The presets, from mild to strict. */
export const PRESET_NAMES = ['observe', 'guard', 'strict'] as const satisfies readonly Preset[];

/**
 * The properties of a control that the policy needs. `defaults` are the options that ship with the control.
 */
export type ControlShape = Pick<AnyControl, 'id' | 'title' | 'defaults' | 'leavesTo' | 'narrows' | 'migrates' | 'own'>;

/** The remedies that a control supports. */
export function remediesOf({ narrows = [], migrates = false }: ControlShape): readonly RemedyId[] {
  return ['revoke', ...(narrows.length > 0 ? (['narrow'] as const) : []), ...(migrates ? (['migrate'] as const) : [])];
}

/** Options of a control that are port sets, by name, except the derived `namedPorts`. */
export function portOptions(defaults: ControlOptions): ReadonlyMap<string, PortSet> {
  return new Map(
    Object.entries(defaults).flatMap(([name, value]) =>
      isPortSet(value) && name !== 'namedPorts' ? [[name, value] as const] : [],
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

/** Bounds of number options. Any other number option counts ports, so its bounds are 0 and 65535. */
const BOUNDS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  ipv4: [1, 32],
  ipv6: [1, 128],
  withinMinutes: [1, 1440],
};

/** The minimum and maximum of a number option. */
export function boundsOf(name: string): readonly [min: number, max: number] {
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
 * How each preset changes the modes that ship with a control. `guard` keeps them. `observe` lowers them to
 * reports. `strict` enforces on fresh rules what guard alerts on, and on existing rules what guard enforces
 * on fresh ones. If guard asks people about existing rules, strict asks, too.
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

/** The modes of a control under a preset. A control of the cell's own group (`own`) keeps its modes. */
export function presetModes(
  { defaults, own }: { readonly defaults: ModePair; readonly own?: true },
  preset: Preset,
): ModePair {
  return PRESETS[own ? 'guard' : preset](defaults);
}

/** A control's setting in the policy: a mode for fresh and existing rules, or options. */
type ControlSetting = Mode | Readonly<Record<string, string | number | PortEdit | undefined>>;

/** The control's defaults, overridden by the preset's modes, overridden by the policy's setting. */
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
  const overrides = Object.entries(setting).flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    if (value === undefined) return [];
    if (typeof value !== 'object') return [[name, value]];
    if (lists.has(name)) return [[name, Object.values(value).map(String)]];
    return [[name, editPorts(shipped.get(name) ?? NO_PORTS, value)]];
  });
  return { ...start, ...Object.fromEntries(overrides) };
}

type EnabledControls = Policy['controls'];

/** The control that evaluates the tier map. */
const TIER_CONTROL = 'tier-source';

/** Adds the options that derive from other controls and from the tier map. */
export function withDerivedOptions(
  all: EnabledControls,
  shapes: readonly ControlShape[],
  tiers: Tiers | undefined,
): EnabledControls {
  return Object.fromEntries(
    shapes.flatMap(({ id, leavesTo }) => {
      const options = all[id];
      if (options === undefined) return [];
      const derived = leavesTo === undefined ? {} : portsOfOthers(options, leavesTo, all);
      return [[id, { ...options, ...derived, ...(id === TIER_CONTROL && tiers !== undefined && { tiers }) }]];
    }),
  );
}

/** Ports that other controls name, and wide openings if another control is at least as strict. */
function portsOfOthers(options: ControlOptions, ids: readonly string[], all: EnabledControls) {
  const others = ids.flatMap((id) => all[id] ?? []);
  const wide = others.filter(limitsWidth).find((other) => isAtLeast(other, options));
  return {
    namedPorts: unionPorts(others.flatMap((other) => portOptions(other).get('ports') ?? [])),
    wide: wide && { maxPorts: wide.maxPorts, publicPorts: wide.publicPorts },
  } satisfies Record<keyof Pick<OtherPortOptions, 'namedPorts' | 'wide'>, unknown>;
}

function limitsWidth(options: ControlOptions): options is ControlOptions & WidthLimit {
  return 'maxPorts' in options && 'publicPorts' in options;
}

function isAtLeast(one: ControlOptions, other: ControlOptions): boolean {
  return higherMode(one.fresh, other.fresh) === one.fresh && higherMode(one.existing, other.existing) === one.existing;
}
