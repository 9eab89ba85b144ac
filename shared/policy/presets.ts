import { lowerMode, MODES, type Mode } from '../domain/controls/mode.ts';
import type { ControlOptions } from '../domain/controls/options.ts';

/** The two modes of a control. */
export type ModePair = Pick<ControlOptions, 'fresh' | 'existing'>;

const atLeast = (mode: Mode, floor: Mode): boolean => MODES.indexOf(mode) >= MODES.indexOf(floor);

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

/** Name of a preset. */
export type Preset = keyof typeof PRESETS;

/** Modes of a control by preset. What looks after the cell itself has the modes that it ships with: it closes nobody else's rules. */
export const presetModes = (
  { defaults, own }: { readonly defaults: ModePair; readonly own?: true },
  preset: Preset,
): ModePair => PRESETS[own ? 'guard' : preset](defaults);

/** Names of the presets, the mildest first. */
export const PRESET_NAMES = ['observe', 'guard', 'strict'] as const satisfies readonly Preset[];
