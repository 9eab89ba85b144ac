import type { Decision } from '../../domain/decision.ts';
import type { RuleContent } from '../../domain/group.ts';
import { contentKey, sourceText } from '../../network/rule-key.ts';
import { formatNamedPorts } from '../../network/sensitive-ports.ts';

/**
 * The traffic that rules allow, for a headline: `tcp/22 (SSH) from the world`, or `all traffic from the group
 * itself and to the world`.
 *
 * @param groupId of the group that has the rules.
 */
export function openingText(rules: readonly RuleContent[], findings: Decision['findings'], groupId: string): string {
  const open = openContents(findings);
  const peerOf = (rule: RuleContent): OpeningPart['peer'] => {
    if (isEverywhere(rule) || open.has(contentKey(rule))) return 'the world';
    return rule.source.kind === 'group' && rule.source.groupId === groupId ? 'the group itself' : undefined;
  };
  const parts = (['ingress', 'egress'] as const).flatMap((direction) =>
    (['the world', undefined, 'the group itself'] as const).flatMap((peer): readonly OpeningPart[] => {
      const some = rules.filter((rule) => rule.direction === direction && peerOf(rule) === peer);
      return some.length === 0 ? [] : [{ peer, direction, rules: some }];
    }),
  );
  const [first, ...others] = new Set(parts.map(trafficText));
  if (first !== undefined && others.length === 0) return `${first} ${parts.map(peerText).join(' and ')}`;
  return parts.map((part) => `${trafficText(part)} ${peerText(part)}`).join(' and ');
}

/** Most kinds of traffic that a headline names. */
const MAX_NAMED = 3;

function ruleTraffic({ protocol, fromPort = -1, toPort = fromPort }: RuleContent): string {
  if (protocol === '-1') return 'all traffic';
  if (protocol !== 'tcp' && protocol !== 'udp') return /^\d+$/.test(protocol) ? `protocol ${protocol}` : protocol;
  if (fromPort === -1) return `${protocol}, all ports`;
  return `${protocol}/${formatNamedPorts({ from: fromPort, to: toPort }, protocol)}`;
}

function firstFew(all: readonly string[]): string {
  const more = all.length > MAX_NAMED ? ` and ${all.length - MAX_NAMED} more` : '';
  return all.slice(0, MAX_NAMED).join(', ') + more;
}

function isEverywhere({ source }: RuleContent): boolean {
  return (source.kind === 'ipv4' || source.kind === 'ipv6') && (source.cidr === '0.0.0.0/0' || source.cidr === '::/0');
}

/** Keys of the rules that a control found open to the world, alone or together with others. */
function openContents(findings: Decision['findings']): ReadonlySet<string> {
  return new Set(findings.flatMap(({ exposures, rules }) => (exposures.length === 0 ? [] : rules.map(contentKey))));
}

/** Rules of one direction whose sources have one name in a headline. */
interface OpeningPart {
  readonly peer: 'the world' | 'the group itself' | undefined;
  readonly direction: RuleContent['direction'];
  readonly rules: readonly RuleContent[];
}

/** `from the world`, `to 10.0.0.0/8`, `from 3 sources` */
function peerText({ peer, direction, rules }: OpeningPart): string {
  const sources = [...new Set(rules.map(({ source }) => sourceText(source)))];
  const named = peer ?? (sources.length === 1 ? sources.join('') : `${sources.length} sources`);
  return `${direction === 'ingress' ? 'from' : 'to'} ${named}`;
}

function trafficText({ rules }: Pick<OpeningPart, 'rules'>): string {
  return firstFew([...new Set(rules.map(ruleTraffic))]);
}
