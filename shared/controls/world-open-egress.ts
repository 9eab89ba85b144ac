import type { Control, ControlDocs } from '../domain/control.ts';
import type { EgressOptions } from '../domain/control-options.ts';
import type { PortSet } from '../domain/group.ts';
import { formatExposures } from '../network/format-exposure.ts';
import { OPENING, widthQuestion } from './parts/common.ts';
import { aCase, egress, ingress } from './parts/documentation.ts';

const id = 'world-open-egress';
const severity = 'low';

/** No outbound port is public by design. */
const NO_PORTS: PortSet = { tcp: [], udp: [] };

/**
 * All ports are open outbound to the world, which is EC2's default for a new group.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#outbound-rules
 */
export const worldOpenEgress: Control<never, EgressOptions> = {
  id,
  title: 'Everything may go out to the world',
  severity,
  on: OPENING,
  needs: {},
  defaults: { fresh: 'observe', existing: 'observe', remedy: 'revoke', maxPorts: 1024 },
  evaluate: ({ exposure }, { maxPorts }) =>
    exposure
      .openings(widthQuestion('egress', { maxPorts, publicPorts: NO_PORTS }))
      .map(({ freshness, rules, exposures }) => ({
        control: id,
        severity,
        freshness,
        rules,
        exposures: [],
        outbound: exposures,
      })),
  explain: ({ outbound = [], rules }) => formatExposures(outbound, rules, 'may go out to'),
};

/** Documentation of world-open-egress. */
export const docs = {
  why: 'An attacker on a machine downloads tools and uploads data. If only the necessary outbound ports are open, an exploit cannot load its second stage.',
  fires:
    'More than `maxPorts` outbound ports are open to the world, counted over all rules of the group. EC2 gives every new group such a rule, so expect a finding for most groups. By default it is only observed.',
  fix: () => ({
    instead:
      'Allow only what the workload calls: HTTPS, the database, DNS through the VPC resolver (which needs no rule). Use VPC endpoints for AWS services and a proxy or Network Firewall for the rest.',
    console:
      'VPC → Security groups → the group → Outbound rules → Edit outbound rules: add HTTPS (443) and the groups that it calls, delete “All traffic”, save.',
    cli: [
      "aws ec2 authorize-security-group-egress --group-id sg-web --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]'",
      'aws ec2 revoke-security-group-egress --group-id sg-web --security-group-rule-ids sgr-all-out',
    ].join('\n'),
    cdk: [
      "const web = new ec2.SecurityGroup(this, 'Web', { vpc, allowAllOutbound: false });",
      "web.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'HTTPS');",
    ].join('\n'),
    terraform: [
      '# Terraform removes the rule that EC2 adds to a new group.',
      'resource "aws_vpc_security_group_egress_rule" "https" {',
      '  security_group_id = aws_security_group.web.id',
      '  cidr_ipv4         = "0.0.0.0/0"',
      '  ip_protocol       = "tcp"',
      '  from_port         = 443',
      '  to_port           = 443',
      '}',
    ].join('\n'),
  }),
  example: 'world-open-egress: {fresh: alert, maxPorts: 10000}',
  frameworks: {},
  see: ['https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html'],
  cases: () => ({
    invalid: [
      aCase('the rule that every new group has', [egress('-1', 'all', '0.0.0.0/0')]),
      aCase('all TCP ports over IPv6', [egress('tcp', [0, 65_535], '::/0')]),
      aCase('all but one port', [egress('tcp', [0, 24], '0.0.0.0/0'), egress('tcp', [26, 65_535], '0.0.0.0/0')]),
      aCase('two halves', [egress('-1', 'all', '0.0.0.0/1'), egress('-1', 'all', '128.0.0.0/1')]),
    ],
    valid: [
      aCase('HTTPS', [egress('tcp', 443, '0.0.0.0/0')]),
      aCase('everything to private space', [egress('-1', 'all', '10.0.0.0/8')]),
      aCase('everything to a group', [egress('-1', 'all', 'sg-0123456789abcdef0')]),
      aCase('everything inbound', [ingress('-1', 'all', '0.0.0.0/0')]),
      aCase('nothing', []),
    ],
  }),
} satisfies ControlDocs;
