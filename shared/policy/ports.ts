import type { PortRange, PortSet } from '../domain/rule.ts';
import { joinRanges, overlap, withoutRanges } from '../network/ports.ts';

/** How ports are written: `22`, `5900-5906`, `udp/11211`; tcp where no protocol is named. */
export const PORT_PATTERN = /^(?:(tcp|udp)\/)?(\d{1,5})(?:-(\d{1,5}))?$/;

/** One entry of a list of ports. */
export type PortEntry = number | string;

/** A change to the ports that a control ships with: others in their place, or some more and some fewer. */
export type PortEdit =
  | readonly PortEntry[]
  | { readonly add?: readonly PortEntry[] | undefined; readonly remove?: readonly PortEntry[] | undefined };

interface Ports {
  readonly protocol: 'tcp' | 'udp';
  readonly range: PortRange;
}

/** Reads one entry; undefined where it is no port, or its range runs backwards. */
export const readPorts = (entry: PortEntry): Ports | undefined => {
  const match = PORT_PATTERN.exec(String(entry));
  if (match === null) return undefined;
  const from = Number(match[2]);
  const to = Number(match[3] ?? match[2]);
  return from <= to && to <= 65_535 ? { protocol: match[1] === 'udp' ? 'udp' : 'tcp', range: { from, to } } : undefined;
};

const setOf = (entries: readonly PortEntry[]): PortSet => {
  const ports = entries.flatMap((entry) => readPorts(entry) ?? []);
  const of = (protocol: 'tcp' | 'udp') =>
    joinRanges(ports.flatMap((one) => (one.protocol === protocol ? [one.range] : [])));
  return { tcp: of('tcp'), udp: of('udp') };
};

/** A set to start from where there is none. */
export const NO_PORTS: PortSet = { tcp: [], udp: [] };

/** Whether a set holds any of an entry's ports. */
export const holdsAny = (set: PortSet, entry: PortEntry): boolean => {
  const ports = readPorts(entry);
  return ports !== undefined && set[ports.protocol].some((range) => overlap(range, ports.range) !== undefined);
};

/** The ports after an edit of valid entries. Removals come last: a port that is added and removed is not in it. */
export const editPorts = (shipped: PortSet, edit: PortEdit): PortSet => {
  if ('length' in edit) return setOf(edit);
  const added = setOf(edit.add ?? []);
  const removed = setOf(edit.remove ?? []);
  const of = (protocol: 'tcp' | 'udp') => withoutRanges([...shipped[protocol], ...added[protocol]], removed[protocol]);
  return { tcp: of('tcp'), udp: of('udp') };
};
