import type { AnyControl, ControlOptions } from '../model/control.ts';
import type { PortSet } from '../model/rule.ts';

/** What a policy needs to know of a control: its name, what it is about, and the options it ships with. */
export type ControlShape = Pick<AnyControl, 'id' | 'title' | 'defaults'>;

const isPortSet = (value: unknown): value is PortSet =>
  typeof value === 'object' && value !== null && 'tcp' in value && 'udp' in value;

/** Options of a control that are sets of ports, by name. */
export const portOptions = (defaults: ControlOptions): ReadonlyMap<string, PortSet> =>
  new Map(Object.entries(defaults).flatMap(([name, value]) => (isPortSet(value) ? [[name, value] as const] : [])));

/** Options of a control that are numbers of ports, by name. */
export const numberOptions = (defaults: ControlOptions): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(defaults).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'number' ? [[name, value] as const] : [],
    ),
  );
