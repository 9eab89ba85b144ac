import type { Exposure } from '../domain/finding.ts';
import type { PortRange, Rule } from '../domain/group.ts';
import { publicUnion } from './exposure/measure.ts';
import { formatPorts, formatShare } from './format.ts';
import { intersectRanges, portsOf } from './ports.ts';
import { cidrsOf } from './public-space.ts';
import { formatNamedPorts } from './sensitive-ports.ts';

const ALL_TRAFFIC = 'all traffic';

/** The default threshold of the world: an IPv4 /8 or an IPv6 /16. */
const WORLD = { ipv4: 8, ipv6: 16 };

function isAllTraffic({ protocol }: Rule): boolean {
  return protocol === '-1';
}

/** The exposed ports that rules for a single protocol open. */
function withinPorts(exposures: readonly Exposure[], rules: readonly Rule[]): readonly Exposure[] {
  return exposures.flatMap((exposure): readonly Exposure[] => {
    const opened = rules.flatMap((rule) => (isAllTraffic(rule) ? [] : (portsOf(rule, exposure.protocol) ?? [])));
    const ports = exposure.ports.flatMap((range): readonly PortRange[] =>
      opened.flatMap((other) => intersectRanges(range, other) ?? []),
    );
    return ports.length === 0 ? [] : [{ ...exposure, ports }];
  });
}

/** Longer lists are written without the names of the ports. */
const MAX_NAMED_RANGES = 3;

function portsText({ protocol, ports }: Exposure): string {
  if (ports.length > MAX_NAMED_RANGES) return `${protocol} ${formatPorts(ports)}`;
  return `${protocol} ${ports.map((range) => formatNamedPorts(range, protocol)).join(', ')}`;
}

/**
 * The exposed traffic of some rules: `tcp 22 (SSH), 3389 (RDP)`. A rule for protocol -1 reads `all traffic`,
 * whichever ports the control asks about.
 */
export function formatTrafficOf(exposures: readonly Exposure[], rules: readonly Rule[]): string {
  const isAll = rules.some(isAllTraffic);
  const listed = isAll ? withinPorts(exposures, rules) : exposures;
  return [...(isAll ? [ALL_TRAFFIC] : []), ...listed.map(portsText)].join(', ');
}

/**
 * What is exposed, and to what share of the internet: `tcp 22 (SSH) is open to 100 % of the internet`.
 *
 * If the rules for protocol -1 alone expose as much as all rules, the text says `all traffic` in place of the
 * ports. If they expose less, the text says both.
 *
 * @param verb such as `is open to`.
 */
export function formatExposures(exposures: readonly Exposure[], rules: readonly Rule[], verb = 'is open to'): string {
  const line = (traffic: string, share: number) => `${traffic} ${verb} ${formatShare(share)} of the internet`;
  const listed = (some: readonly Exposure[]) => some.map((one) => line(portsText(one), one.share));
  const cidrs = rules.filter(isAllTraffic).flatMap(({ source }) => cidrsOf(source));
  if (cidrs.length === 0) return listed(exposures).join('; ');
  const most = Math.max(...exposures.map(({ share }) => share));
  const { share, isWorld } = publicUnion(cidrs, WORLD);
  if (share >= most) return line(ALL_TRAFFIC, most);
  if (!isWorld) return listed(exposures).join('; ');
  return [line(ALL_TRAFFIC, share), ...listed(withinPorts(exposures, rules))].join('; ');
}
