import type { ControlOptions } from '../model/control.ts';
import type { ControlShape } from './control-shape.ts';
import { portOptions } from './control-shape.ts';
import { editPorts } from './ports.ts';
import { PRESETS, type Preset } from './presets.ts';
import type { WrittenPolicy } from './schema.ts';

/** What a policy sets a control to. */
export type ControlSetting = NonNullable<WrittenPolicy['controls']>[string];

/** Options that a policy gives a control: what it ships with, the preset's modes, and what the policy says of it, each over the one before. */
export const optionsOf = ({ defaults }: ControlShape, preset: Preset, setting: ControlSetting): ControlOptions => {
  const start = { ...defaults, ...PRESETS[preset](defaults) };
  if (setting === undefined) return start;
  if (typeof setting === 'string') return { ...start, fresh: setting, existing: setting };
  const shipped = portOptions(defaults);
  const set = Object.entries(setting).flatMap(([name, value]) => {
    const ports = shipped.get(name);
    if (value === undefined) return [];
    return [[name, ports !== undefined && typeof value === 'object' ? editPorts(ports, value) : value] as const];
  });
  return { ...start, ...Object.fromEntries(set) };
};
