import type { Control, ControlDocs } from '../domain/control.ts';
import type { WidthOptions } from '../domain/control-options.ts';
import { PUBLIC_PORTS } from '../network/sensitive-ports.ts';
import { explainPorts, NARROWINGS, OPENING, openingFindings, widthQuestion } from './parts/common.ts';
import { aCase, BOUNDARY, egress, ingress } from './parts/documentation.ts';

const id = 'world-open-everything';
const severity = 'high';

/**
 * The world reaches all ports, every protocol, or more ports than a limit.
 *
 * World-open ports are counted over all rules of the group, so a range that is cut into pieces or leaves out
 * the sensitive ports counts as a whole. Ports that are public by design do not count. The widest rules are
 * removed first.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18
 */
export const worldOpenEverything: Control<never, WidthOptions> = {
  id,
  title: 'The world reaches everything',
  severity,
  on: OPENING,
  needs: {},
  graded: true,
  narrows: NARROWINGS,
  defaults: { fresh: 'enforce', existing: 'alert', remedy: 'revoke', maxPorts: 1024, publicPorts: PUBLIC_PORTS },
  evaluate: ({ exposure }, limit) => openingFindings(id, severity, exposure.openings(widthQuestion('ingress', limit))),
  explain: explainPorts,
};

/** Documentation of world-open-everything. */
export const docs = {
  why: 'The internet reaches every service on the machine, now and later.',
  fires:
    'More than `maxPorts` ports are open to the world, counted over all rules of the group and both protocols, so a range that is cut into pieces counts as a whole. Ports that are public by design do not count. The control names the widest rules first, until the rest is within the limit.',
  fix: () => ({
    instead: 'Open only the ports of the services, one rule for each, to the sources that need them.',
    console:
      'VPC → Security groups → the group → Inbound rules → Edit inbound rules: add a rule for each port of a service, delete the wide rule, and save.',
    cli: [
      "aws ec2 authorize-security-group-ingress --group-id sg-web --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]'",
      'aws ec2 revoke-security-group-ingress --group-id sg-web --security-group-rule-ids sgr-all-traffic',
    ].join('\n'),
    cdk: "webGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'HTTPS');",
    terraform: [
      'resource "aws_vpc_security_group_ingress_rule" "https" {',
      '  security_group_id = aws_security_group.web.id',
      '  cidr_ipv4         = "0.0.0.0/0"',
      '  ip_protocol       = "tcp"',
      '  from_port         = 443',
      '  to_port           = 443',
      '}',
    ].join('\n'),
  }),
  example: 'world-open-everything: {maxPorts: 100}',
  frameworks: {
    'AWS Security Hub': ['EC2.18', 'EC2.19', 'EC2.53', 'EC2.54'],
    'CIS AWS Foundations 3.0': ['5.2', '5.3'],
    'NIST 800-53 r5': BOUNDARY,
    'PCI DSS 4.0': ['1.3.1'],
  },
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html'],
  cases: () => ({
    invalid: [
      aCase('every protocol from everywhere', [ingress('-1', 'all', '0.0.0.0/0')]),
      aCase('all TCP ports', [ingress('tcp', [0, 65_535], '::/0')]),
      aCase('all but port 0', [ingress('tcp', [1, 65_535], '0.0.0.0/0')]),
      aCase('a range above the limit', [ingress('udp', [10_000, 20_000], '0.0.0.0/0')]),
      aCase('a range in pieces', [
        ingress('tcp', [10_000, 10_600], '0.0.0.0/0'),
        ingress('tcp', [10_601, 11_200], '0.0.0.0/0'),
      ]),
      aCase('half of the sources each', [ingress('-1', 'all', '0.0.0.0/1'), ingress('-1', 'all', '128.0.0.0/1')]),
    ],
    valid: [
      aCase('HTTP and HTTPS', [ingress('tcp', 80, '0.0.0.0/0'), ingress('tcp', 443, '0.0.0.0/0')]),
      aCase('everything from a private network', [ingress('-1', 'all', '10.0.0.0/8')]),
      aCase('everything within the group', [ingress('-1', 'all', 'sg-0c0ffee0c0ffee000')]),
      aCase('everything outbound', [egress('-1', 'all', '0.0.0.0/0')]),
      aCase('a passive FTP range within the limit', [ingress('tcp', [30_000, 31_000], '0.0.0.0/0')]),
      aCase('GRE, which has no ports', [ingress('47', 'all', '0.0.0.0/0')]),
    ],
  }),
} satisfies ControlDocs;
