import { NO_FACTS } from '../../shared/controls/parts/documentation.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { WorldThreshold } from '../../shared/domain/control-options.ts';
import type { Exposure } from '../../shared/domain/finding.ts';
import type { Group, PortSet, Rule } from '../../shared/domain/group.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { ALL_PORTS } from '../../shared/network/ports.ts';

/** The threshold of the shipped policy: an IPv4 /8, an IPv6 /16. */
const WORLD: WorldThreshold = { ipv4: 8, ipv6: 16 };

const EVERY_PORT: PortSet = { tcp: [ALL_PORTS], udp: [ALL_PORTS] };

/** The given inbound ports that the world reaches. */
function exposures(rules: readonly Rule[], ports: PortSet): readonly Exposure[] {
  return exposureOf(rules, new Set(), WORLD)
    .openings({ direction: 'ingress', traffic: { only: ports }, allowed: 0, order: 'largest-source' })
    .flatMap((opening) => opening.exposures);
}

/** Does the world reach one of these ports? */
export function reachesPorts(rules: readonly Rule[], ports: readonly number[], protocols: readonly string[]): boolean {
  const asked = ports.map((port) => ({ from: port, to: port }));
  const of = (protocol: string) => (protocols.includes(protocol) ? asked : []);
  return exposures(rules, { tcp: of('tcp'), udp: of('udp') }).length > 0;
}

/** Does the world reach anything: a port, or a protocol without ports? */
export function reachesAnything(rules: readonly Rule[]): boolean {
  const others = new Set(rules.map(({ protocol }) => protocol).filter((one) => !['tcp', 'udp', '-1'].includes(one)));
  const alone = Array.from(others, (protocol) =>
    rules.filter((rule) => [protocol, '-1'].includes(rule.protocol)).map((rule) => ({ ...rule, protocol: '-1' })),
  );
  return [rules, ...alone].some((some) => exposures(some, EVERY_PORT).length > 0);
}

/** Does the world reach every port of TCP and UDP? */
export function reachesEverything(rules: readonly Rule[]): boolean {
  const open = exposures(rules, EVERY_PORT);
  return (['tcp', 'udp'] as const).every((protocol) =>
    open.some((one) => one.protocol === protocol && one.ports.some(({ from, to }) => from === 0 && to === 65_535)),
  );
}

/** Does a default group have a rule? */
export function isOpenDefault(group: Group): boolean {
  const control = CONTROLS.find(({ id }) => id === 'default-group-rules');
  if (control === undefined) throw new Error('the control default-group-rules is gone');
  const fresh = new Set<Rule>();
  const exposure = exposureOf(group.rules, fresh, WORLD);
  const subject = { group, facts: NO_FACTS, trigger: 'sweep' as const, fresh, exposure };
  return control.evaluate(subject, control.defaults).length > 0;
}
