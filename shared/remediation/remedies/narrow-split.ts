import type { Exposure } from '../../domain/controls/finding.ts';
import type { Rule } from '../../domain/rule.ts';
import { PORT_PROTOCOLS, portsOf, withoutRanges } from '../../network/ports.ts';

/**
 * A rule without some of its ports, as one rule for each range that is left; none where no port of it is left, or none was named. What a
 * rule for all traffic lets in besides TCP and UDP is left out: no control names it, and nobody asked for it by name.
 */
export const withoutPorts = (rule: Rule, named: readonly Exposure[]): readonly Rule[] => {
  if (named.length === 0) return [];
  const { id: _, ...content } = rule;
  return PORT_PROTOCOLS.flatMap((protocol) => {
    const own = portsOf(rule, protocol);
    const holes = named.filter((exposure) => exposure.protocol === protocol).flatMap(({ ports }) => ports);
    return own === undefined
      ? []
      : withoutRanges([own], holes).map(({ from, to }) => ({ ...content, protocol, fromPort: from, toPort: to }));
  });
};
