import type { Control, ControlDocs } from '../domain/control.ts';
import type { PortOptions } from '../domain/control-options.ts';
import { ADMIN_PORTS } from '../network/sensitive-ports.ts';
import { explainPorts, NARROWINGS, OPENING, worldOpenPorts } from './parts/common.ts';
import { aCase, egress, ingress, RISKY_PORTS } from './parts/documentation.ts';

const id = 'world-open-admin';
const severity = 'high';

/**
 * The world reaches SSH, RDP or another port of remote administration.
 *
 * The sources are added up: two halves of the address space are the world, and so is a prefix list that
 * contains it.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-13
 */
export const worldOpenAdmin: Control<never, PortOptions> = {
  id,
  title: 'The world reaches an admin port',
  severity,
  on: OPENING,
  needs: {},
  graded: true,
  narrows: NARROWINGS,
  defaults: { fresh: 'enforce', existing: 'alert', remedy: 'revoke', ports: ADMIN_PORTS },
  evaluate: worldOpenPorts(id, severity),
  explain: explainPorts,
};

/** Documentation of world-open-admin. */
export const docs = {
  why: 'Scanners try passwords and exploits on ports of remote administration within minutes after the ports become reachable.',
  fires:
    'The union of all sources of an admin port has as many public addresses as the threshold of the world (an IPv4 /8, an IPv6 /16). Sources are CIDR blocks of both families and the entries of prefix lists. The control names the rules to remove. Private and carrier-grade NAT space do not count as the world.',
  fix: () => ({
    instead:
      'Use Session Manager, which needs no inbound rule, or a bastion. Otherwise limit the source to the addresses that need the port.',
    console:
      'VPC → Security groups → the group → Inbound rules → Edit inbound rules: delete the rule, or set its source to “My IP” or to the group of the bastion, and save.',
    cli: [
      'aws ec2 revoke-security-group-ingress --group-id sg-web --security-group-rule-ids sgr-ssh-world',
      'aws ssm start-session --target i-web',
    ].join('\n'),
    cdk: "webGroup.addIngressRule(bastionGroup, ec2.Port.tcp(22), 'SSH from the bastion');",
    terraform: [
      'resource "aws_vpc_security_group_ingress_rule" "ssh_from_bastion" {',
      '  security_group_id            = aws_security_group.web.id',
      '  referenced_security_group_id = aws_security_group.bastion.id',
      '  ip_protocol                  = "tcp"',
      '  from_port                    = 22',
      '  to_port                      = 22',
      '}',
    ].join('\n'),
  }),
  example: 'world-open-admin:\n  existing: approve\n  ports: {add: [9090], remove: [6443]}',
  frameworks: {
    'AWS Security Hub': ['EC2.13', 'EC2.14', 'EC2.19', 'EC2.53', 'EC2.54'],
    'CIS AWS Foundations 3.0': ['5.2', '5.3'],
    'NIST 800-53 r5': RISKY_PORTS,
    'PCI DSS 4.0': ['1.3.1'],
  },
  see: ['https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html'],
  cases: () => ({
    invalid: [
      aCase('SSH from everywhere', [ingress('tcp', 22, '0.0.0.0/0')]),
      aCase('RDP from everywhere over IPv6', [ingress('tcp', 3389, '::/0')]),
      aCase('two halves of the address space', [ingress('tcp', 22, '0.0.0.0/1'), ingress('tcp', 22, '128.0.0.0/1')]),
      aCase('all of global unicast', [ingress('tcp', 22, '2000::/3')]),
      aCase('a range that covers SSH', [ingress('tcp', [20, 30], '0.0.0.0/0')]),
      aCase('every protocol', [ingress('-1', 'all', '0.0.0.0/0')]),
      aCase('a prefix list that holds the world', [ingress('tcp', 22, 'pl-0123456789abcdef0', ['0.0.0.0/0'])]),
      aCase('a CIDR with host bits and no prefix length to speak of', [ingress('tcp', 22, '1.2.3.4/0')]),
      aCase('an IPv4 /8, the smallest block that counts as the world', [ingress('tcp', 22, '12.0.0.0/8')]),
    ],
    valid: [
      aCase('SSH from a private network', [ingress('tcp', 22, '10.0.0.0/8')]),
      aCase('SSH from carrier-grade NAT space', [ingress('tcp', 22, '100.64.0.0/10')]),
      aCase('SSH from one address', [ingress('tcp', 22, '198.51.100.7/32')]),
      aCase('SSH from another group', [ingress('tcp', 22, 'sg-0123456789abcdef0')]),
      aCase('UDP 22, which is not SSH', [ingress('udp', 22, '0.0.0.0/0')]),
      aCase('ICMP whose type reads as a port', [ingress('icmp', [22, 22], '0.0.0.0/0')]),
      aCase('SSH to everywhere, outbound', [egress('tcp', 22, '0.0.0.0/0')]),
      aCase('HTTPS from everywhere', [ingress('tcp', 443, '0.0.0.0/0')]),
      aCase('the IPv6 documentation range', [ingress('tcp', 22, '2001:db8::/32')]),
    ],
  }),
} satisfies ControlDocs;
