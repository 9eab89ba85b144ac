import type { AnyControl } from '../../domain/controls/control.ts';
import type { ControlOptions, RemedyId } from '../../domain/controls/options.ts';
import type { PortSet } from '../../domain/rule.ts';

/** What a policy needs to know of a control: its name, what it is about, and the options it ships with. */
export type ControlShape = Pick<AnyControl, 'id' | 'title' | 'defaults' | 'leavesTo' | 'narrows' | 'migrates' | 'own'>;

/** What may become of a rule that the control closes. */
export const remediesOf = ({ narrows = [], migrates = false }: ControlShape): readonly RemedyId[] => [
  'revoke',
  ...(narrows.length > 0 ? (['narrow'] as const) : []),
  ...(migrates ? (['migrate'] as const) : []),
];

/** Options that follow from the rest of the policy and are not written. */
const DERIVED: ReadonlySet<string> = new Set(['namedPorts']);

const isPortSet = (value: unknown): value is PortSet =>
  typeof value === 'object' && value !== null && 'tcp' in value && 'udp' in value;

/** Options of a control that are sets of ports, by name. */
export const portOptions = (defaults: ControlOptions): ReadonlyMap<string, PortSet> =>
  new Map(
    Object.entries(defaults).flatMap(([name, value]) =>
      isPortSet(value) && !DERIVED.has(name) ? [[name, value] as const] : [],
    ),
  );

/** Options of a control that are numbers, by name. */
export const numberOptions = (defaults: ControlOptions): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(defaults).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'number' ? [[name, value] as const] : [],
    ),
  );

/** Least and greatest value of a number, by the option's name; of others, as of numbers of ports, 0–65535. */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  ipv4: [1, 32],
  ipv6: [1, 128],
  withinMinutes: [1, 1440],
};

/** Bounds of a control's numbers. */
export const boundsOf = (name: string): readonly [least: number, most: number] => BOUNDS[name] ?? [0, 65_535];

/** Options of a control that are lists of words, by name. */
export const listOptions = (defaults: ControlOptions): ReadonlyMap<string, readonly string[]> =>
  new Map(
    Object.entries(defaults).flatMap(([name, value]: [string, unknown]) =>
      Array.isArray(value) ? [[name, value.map(String)] as const] : [],
    ),
  );
