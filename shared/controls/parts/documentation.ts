import type { Case, Facts, Fix } from '../../domain/control.ts';
import type { Direction, Rule, Source } from '../../domain/group.ts';

function sourceOf(text: string, entries?: readonly string[]): Source {
  if (text.startsWith('sg-')) return { kind: 'group', groupId: text };
  if (text.startsWith('pl-')) return { kind: 'prefix-list', id: text, ...(entries && { cidrs: entries }) };
  return { kind: text.includes(':') ? 'ipv6' : 'ipv4', cidr: text };
}

function ruleOf(direction: Direction) {
  return (
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
}

/** An inbound rule for a documented case: protocol, ports, and a CIDR, `sg-…` or `pl-…` with its entries. */
export const ingress = ruleOf('ingress');

/** An outbound rule for a documented case. */
export const egress = ruleOf('egress');

/** A documented case: a title and the rules of the group. */
export function aCase(title: string, rules: readonly Rule[], more: Omit<Case, 'title' | 'rules'> = {}): Case {
  return {
    title,
    rules,
    ...more,
  };
}

/** The facts about a group that nothing uses and nothing names: the default of a case. */
export const NO_FACTS: Facts = {
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
    added: { kind: 'unknown' },
    at: 0,
    account: '111122223333',
    region: 'eu-west-1',
  },
};

/** A port that a service listens on. */
interface ServedPort {
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp';
  /** The service, as a name in code: `database`. */
  readonly what: string;
  readonly instead: string;
}

/** How to replace a rule that is too wide by a reference to a group. */
export function admitGroup({ port, protocol = 'tcp', what, instead }: ServedPort): Fix {
  return {
    instead,
    console: `VPC → Security groups → the group → Inbound rules → Edit inbound rules: add a rule for ${port}/${protocol} whose source is the application's security group, delete the rule that is too wide, save.`,
    cli: [
      `aws ec2 authorize-security-group-ingress --group-id sg-${what} --ip-permissions \\`,
      `  'IpProtocol=${protocol},FromPort=${port},ToPort=${port},UserIdGroupPairs=[{GroupId=sg-application}]'`,
      `aws ec2 revoke-security-group-ingress --group-id sg-${what} --security-group-rule-ids sgr-too-wide`,
    ].join('\n'),
    cdk: `${what}Group.addIngressRule(applicationGroup, ec2.Port.${protocol}(${port}), 'from the application');`,
    terraform: [
      `resource "aws_vpc_security_group_ingress_rule" "${what}_from_application" {`,
      `  security_group_id            = aws_security_group.${what}.id`,
      '  referenced_security_group_id = aws_security_group.application.id',
      `  ip_protocol                  = "${protocol}"`,
      `  from_port                    = ${port}`,
      `  to_port                      = ${port}`,
      '}',
    ].join('\n'),
  };
}

/** How to delete a group that nothing needs. */
export function removeGroup(instead: string): Fix {
  return {
    instead,
    console:
      'VPC → Security groups → the group → Actions → Delete security groups. EC2 refuses where an interface or a rule of another group still uses it, and says which.',
    cli: 'aws ec2 delete-security-group --group-id sg-unused',
    cdk: "// Remove the construct, then deploy: CloudFormation deletes the group after its last user.\n// new ec2.SecurityGroup(this, 'Unused', { vpc });",
    terraform:
      '# Remove the resource, then apply. Not in the state yet? First:\n# terraform import aws_security_group.unused sg-unused',
  };
}

/** How to give a workload its own group. */
export function ownGroup(instead: string): Fix {
  return {
    instead,
    console:
      'VPC → Security groups → Create security group, with the rules that the workload needs. Then EC2 → Network interfaces (or the service itself: RDS, ElastiCache, Lambda) → Change security groups: put the new group in the place of the old one.',
    cli: [
      'aws ec2 create-security-group --vpc-id vpc-shop --group-name shop-orders --description "orders service"',
      'aws ec2 modify-network-interface-attribute --network-interface-id eni-orders --groups sg-shop-orders',
    ].join('\n'),
    cdk: [
      "const orders = new ec2.SecurityGroup(this, 'Orders', { vpc, allowAllOutbound: false });",
      "new ec2.Instance(this, 'OrdersHost', { vpc, securityGroup: orders, instanceType, machineImage });",
    ].join('\n'),
    terraform: [
      'resource "aws_security_group" "orders" {',
      '  name        = "shop-orders"',
      '  description = "orders service"',
      '  vpc_id      = aws_vpc.shop.id',
      '}',
      '',
      'resource "aws_instance" "orders" {',
      '  # …',
      '  vpc_security_group_ids = [aws_security_group.orders.id]',
      '}',
    ].join('\n'),
  };
}

/**
 * The NIST 800-53 r5 controls to which AWS maps its checks of open security groups.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18 (related requirements)
 */
export const BOUNDARY = ['AC-4', 'AC-4(21)', 'SC-7', 'SC-7(4)', 'SC-7(5)', 'SC-7(11)', 'SC-7(16)', 'SC-7(21)'] as const;

/**
 * The NIST 800-53 r5 controls to which AWS maps its check of ports with high risk.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19 (related requirements)
 */
export const RISKY_PORTS = [
  'AC-4',
  'AC-4(21)',
  'CA-9(1)',
  'CM-2',
  'CM-2(2)',
  'CM-7',
  'SC-7',
  'SC-7(4)',
  'SC-7(5)',
  'SC-7(11)',
  'SC-7(16)',
  'SC-7(21)',
] as const;
