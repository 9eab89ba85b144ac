import { formatShare } from '../exposure/format.ts';
import { largestFirst, type Reach } from '../exposure/reach.ts';
import { type Opening, worldOpen } from '../exposure/world-open.ts';
import type { Control } from '../model/control.ts';
import type { ControlDocs } from '../model/control-docs.ts';
import type { ProtocolOptions, WorldThreshold } from '../model/options.ts';
import type { PortSet, Rule } from '../model/rule.ts';
import { explainDetail } from './about-group.ts';
import { aCase, egress, ingress } from './case.ts';
import { BOUNDARY } from './frameworks.ts';
import { NARROWINGS_OF_ADDRESSES } from './narrowings.ts';
import { protocolName } from './protocol-names.ts';
import { OPENING } from './triggers.ts';

const id = 'world-open-protocol';
const severity = 'medium';

/** Judged by ports, harmless, or everything at once: other controls' business. */
const ORDINARY: ReadonlySet<string> = new Set(['tcp', 'udp', 'icmp', 'icmpv6', '-1']);

/** A protocol without ports is judged as if it had this one. */
const PORT: PortSet = { tcp: [{ from: 0, to: 0 }], udp: [] };

/** Rules of the protocol go before those of all traffic, which let in more besides. */
const ownFirst = (reaches: readonly Reach[]): readonly Reach[] =>
  largestFirst(reaches).toSorted((a, b) => Number(a.rule.protocol === '-1') - Number(b.rule.protocol === '-1'));

const openings = (rules: readonly Rule[], fresh: ReadonlySet<Rule>, world: WorldThreshold): readonly Opening[] => {
  const stand = new Map(rules.map((rule) => [rule.protocol === '-1' ? { ...rule } : asTcp(rule), rule]));
  const isFresh = new Set([...stand].flatMap(([copy, rule]) => (fresh.has(rule) ? [copy] : [])));
  return worldOpen({
    rules: [...stand.keys()],
    fresh: isFresh,
    direction: 'ingress',
    world,
    ports: PORT,
    allowed: 0,
    order: ownFirst,
  }).map((opening) => {
    const named = new Set(opening.rules);
    return { ...opening, rules: [...stand].flatMap(([copy, rule]) => (named.has(copy) ? [rule] : [])) };
  });
};

const asTcp = (rule: Rule): Rule => ({ ...rule, protocol: 'tcp', fromPort: 0, toPort: 0 });

const shareOf = ({ exposures }: Opening): number => Math.max(...exposures.map(({ share }) => share));

/**
 * A protocol other than TCP, UDP and ICMP is open to the world.
 *
 * Rules of all traffic let the protocol in too. As far as they are the world by themselves they are left to the controls that name
 * them; what remains of them counts here.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export const worldOpenProtocol: Control<never, ProtocolOptions> = {
  id,
  title: 'A protocol other than TCP, UDP and ICMP is open to the world',
  severity,
  on: OPENING,
  needs: {},
  graded: true,
  narrows: NARROWINGS_OF_ADDRESSES,
  defaults: { fresh: 'alert', existing: 'observe', remedy: 'revoke', allowed: [] },
  evaluate: ({ group, fresh }, { allowed }, world) => {
    const inbound = group.rules.filter(({ direction }) => direction === 'ingress');
    const protocols = new Set(inbound.map(({ protocol }) => protocol));
    const asked = [...protocols].filter((protocol) => !ORDINARY.has(protocol) && !allowed.includes(protocol));
    if (asked.length === 0) return [];
    const everything = inbound.filter(({ protocol }) => protocol === '-1');
    const elsewhere = new Set(openings(everything, fresh, world).flatMap(({ rules }) => rules));
    const rest = everything.filter((rule) => !elsewhere.has(rule));
    return asked.toSorted().flatMap((protocol) =>
      openings([...inbound.filter((rule) => rule.protocol === protocol), ...rest], fresh, world).map((opening) => ({
        control: id,
        severity,
        freshness: opening.freshness,
        rules: opening.rules,
        exposures: [],
        detail: `${protocolName(protocol)} is open to ${formatShare(shareOf(opening))} of the internet`,
      })),
    );
  },
  explain: explainDetail,
};

/** Documentation of world-open-protocol. */
export const docs = {
  why: 'Tunnels (GRE, ESP, IP in IP) carry whatever is put into them past rules about ports; SCTP has ports, but security groups do not look at them.',
  fires:
    'The sources of each such protocol are added up, together with those of rules for all traffic, and reach the threshold of the world. A group that all traffic alone opens is the business of world-open-everything.',
  fix: () => ({
    instead: 'Name the far ends of the tunnel, or let AWS end it: Site-to-Site VPN and Client VPN need no such rule.',
    console:
      'VPC → Security groups → the group → Inbound rules → Edit inbound rules: set the source of the rule (type “Custom protocol”) to the address of the far end, save.',
    cli: [
      "aws ec2 authorize-security-group-ingress --group-id sg-vpn --ip-permissions 'IpProtocol=50,IpRanges=[{CidrIp=198.51.100.7/32}]'",
      'aws ec2 revoke-security-group-ingress --group-id sg-vpn --security-group-rule-ids sgr-esp-world',
    ].join('\n'),
    cdk: "vpnGroup.addIngressRule(ec2.Peer.ipv4('198.51.100.7/32'), ec2.Port.esp(), 'far end of the tunnel');",
    terraform: [
      'resource "aws_vpc_security_group_ingress_rule" "esp" {',
      '  security_group_id = aws_security_group.vpn.id',
      '  cidr_ipv4         = "198.51.100.7/32"',
      '  ip_protocol       = "50"',
      '}',
    ].join('\n'),
  }),
  example: "world-open-protocol: {allowed: ['50', '51']}",
  frameworks: { 'AWS Security Hub': ['EC2.18'], 'NIST 800-53 r5': BOUNDARY },
  see: ['https://www.iana.org/assignments/protocol-numbers'],
  cases: () => ({
    invalid: [
      aCase('GRE', [ingress('47', 'all', '0.0.0.0/0')]),
      aCase('ESP over IPv6', [ingress('50', 'all', '::/0')]),
      aCase('SCTP, whose ports security groups do not see', [ingress('132', [-1, -1], '0.0.0.0/0')]),
      aCase('two halves', [ingress('47', 'all', '0.0.0.0/1'), ingress('47', 'all', '128.0.0.0/1')]),
      aCase('half by the protocol, half by all traffic', [
        ingress('47', 'all', '12.0.0.0/9'),
        ingress('-1', 'all', '12.128.0.0/9'),
      ]),
      aCase('a prefix list that holds the world', [ingress('50', 'all', 'pl-0123456789abcdef0', ['::/0'])]),
      aCase('a protocol without a name', [ingress('253', 'all', '0.0.0.0/0')]),
      aCase('beside all traffic', [ingress('-1', 'all', '0.0.0.0/0'), ingress('47', 'all', '::/0')]),
    ],
    valid: [
      aCase('ESP from the far end', [ingress('50', 'all', '198.51.100.7/32')]),
      aCase('GRE from private space', [ingress('47', 'all', '10.0.0.0/8')]),
      aCase('ping', [ingress('icmp', [8, -1], '0.0.0.0/0'), ingress('icmpv6', 'all', '::/0')]),
      aCase('all traffic, which world-open-everything names', [
        ingress('-1', 'all', '0.0.0.0/0'),
        ingress('47', 'all', '198.51.100.7/32'),
      ]),
      aCase('two halves of different protocols', [
        ingress('47', 'all', '12.0.0.0/9'),
        ingress('50', 'all', '12.128.0.0/9'),
      ]),
      aCase('GRE outbound', [egress('47', 'all', '0.0.0.0/0')]),
      aCase('ESP, where the policy allows it', [ingress('50', 'all', '0.0.0.0/0')], { options: { allowed: ['50'] } }),
    ],
  }),
} satisfies ControlDocs;
