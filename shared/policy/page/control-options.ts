import type { Mode } from '../../domain/controls/mode.ts';
import type { ControlOptions } from '../../domain/controls/options.ts';
import { editPorts, NO_PORTS, type PortEdit } from '../ports.ts';
import { type Preset, presetModes } from '../presets.ts';
import type { ControlShape } from '../schema/control-shape.ts';
import { listOptions, portOptions } from '../schema/control-shape.ts';

/** What a policy sets a control to: a mode both ways, or some of its options. A list of words looks like a whole list of ports. */
type ControlSetting = Mode | Readonly<Record<string, string | number | PortEdit | undefined>>;

/** Options that a policy gives a control: what it ships with, the preset's modes, and what the policy says of it, each over the one before. */
export const optionsOf = (shape: ControlShape, preset: Preset, setting: ControlSetting | undefined): ControlOptions => {
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
};
