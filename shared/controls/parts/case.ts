import type { Case } from '../../domain/controls/control-docs.ts';
import type { Facts } from '../../domain/controls/facts.ts';
import type { Direction, Rule, Source } from '../../domain/rule.ts';

const sourceOf = (text: string, entries?: readonly string[]): Source => {
  if (text.startsWith('sg-')) return { kind: 'group', groupId: text };
  if (text.startsWith('pl-')) return { kind: 'prefix-list', id: text, ...(entries && { cidrs: entries }) };
  return { kind: text.includes(':') ? 'ipv6' : 'ipv4', cidr: text };
};

const ruleOf =
  (direction: Direction) =>
  (
    protocol: string,
    ports: number | readonly [number, number] | 'all',
    source: string,
    entries?: readonly string[],
  ): Rule => {
    const [fromPort, toPort] = ports === 'all' ? [-1, -1] : typeof ports === 'number' ? [ports, ports] : ports;
    return {
      groupId: 'sg-0c0ffee0c0ffee000',
      direction,
      protocol,
      fromPort,
      toPort,
      source: sourceOf(source, entries),
    };
  };

/** An inbound rule for a documented case: protocol, ports, and a CIDR, `sg-…` or `pl-…` with its entries. */
export const ingress = ruleOf('ingress');

/** The same, outbound. */
export const egress = ruleOf('egress');

/** A documented case: a sentence, and the rules of the group. */
export const aCase = (title: string, rules: readonly Rule[], more: Omit<Case, 'title' | 'rules'> = {}): Case => ({
  title,
  rules,
  ...more,
});

/** What is known of a group that nothing uses and nothing names: where a case says no more. */
export const NOTHING_KNOWN: Facts = {
  attachments: [],
  peers: new Map(),
  referencedBy: [],
  vpcCidrs: [],
  twins: [],
  neighbours: [],
  reachability: 'unattached',
  episodes: [],
  change: {
    id: 'event',
    call: 'AuthorizeSecurityGroupIngress',
    trigger: 'rules-added',
    scope: { by: 'group-id', ids: ['sg-0c0ffee0c0ffee000'] },
    brought: { kind: 'unknown' },
    at: 0,
    account: '111122223333',
    region: 'eu-west-1',
  },
};
