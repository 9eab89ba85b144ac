import type { Control, ControlDocs } from '../domain/control.ts';
import type { ProtocolOptions } from '../domain/control-options.ts';
import type { Opening, RuleExposure } from '../domain/finding.ts';
import type { Rule } from '../domain/group.ts';
import { formatShare } from '../network/format.ts';
import { explainDetail, NARROWINGS_OF_ADDRESSES, OPENING } from './parts/common.ts';
import { aCase, BOUNDARY, egress, ingress } from './parts/documentation.ts';
import { protocolName } from './parts/names.ts';

const id = 'world-open-protocol';
const severity = 'medium';

/** Protocols that other controls evaluate, and ICMP, which is harmless. */
const ORDINARY: ReadonlySet<string> = new Set(['tcp', 'udp', 'icmp', 'icmpv6', '-1']);

function isOther({ direction, protocol }: Rule): boolean {
  return direction === 'ingress' && !ORDINARY.has(protocol);
}

/** The openings of a protocol. Rules for the protocol are removed before rules for all traffic. */
function openingsOf(exposure: RuleExposure, protocol: string): readonly Opening[] {
  return exposure.openings({ direction: 'ingress', traffic: { protocol }, allowed: 0, order: 'own-protocol' });
}

/** The exposure without rules for all traffic that are the world together, which other controls report. */
function withoutEverything(exposure: RuleExposure, protocol: string): RuleExposure {
  const everything = exposure.of(exposure.rules.filter((rule) => rule.protocol === '-1'));
  const named = new Set(openingsOf(everything, protocol).flatMap(({ rules }) => rules));
  return named.size === 0 ? exposure : exposure.of(exposure.rules.filter((rule) => !named.has(rule)));
}

/**
 * A protocol other than TCP, UDP and ICMP is open to the world.
 *
 * Rules for all traffic count too, unless they are the world together. In that case other controls report
 * them.
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
  evaluate: ({ exposure }, { allowed }) => {
    const named = exposure.rules.filter(isOther).map(({ protocol }) => protocol);
    if (named.length === 0) return [];
    const [first, ...others] = [...new Set(named)].filter((protocol) => !allowed.includes(protocol)).toSorted();
    if (first === undefined) return [];
    const rest = withoutEverything(exposure, first);
    return [first, ...others].flatMap((protocol) =>
      openingsOf(rest, protocol).map(({ freshness, rules, share }) => ({
        control: id,
        severity,
        freshness,
        rules,
        exposures: [],
        detail: `${protocolName(protocol)} is open to ${formatShare(share)} of the internet`,
      })),
    );
  },
  explain: explainDetail,
};

/** Documentation of world-open-protocol. */
export const docs = {
  why: 'Tunnels (GRE, ESP, IP in IP) carry any traffic past rules about ports. SCTP has ports, but security groups do not filter them.',
  fires:
    'The union of the sources of such a protocol, together with the sources of rules for all traffic, reaches the threshold of the world. If the rules for all traffic are the world by themselves, world-open-everything reports them.',
  fix: () => ({
    instead:
      'Limit the source to the remote ends of the tunnel, or use Site-to-Site VPN or Client VPN, which need no such rule.',
    console:
      'VPC → Security groups → the group → Inbound rules → Edit inbound rules: set the source of the rule (type “Custom protocol”) to the address of the remote end, and save.',
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
