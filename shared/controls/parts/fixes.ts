import type { Fix } from '../../domain/controls/control-docs.ts';

/** A port that is served, and who may have it. */
interface Served {
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp';
  /** What the port serves, as a name in code: `database`. */
  readonly what: string;
  readonly instead: string;
}

/** How to put a reference to a group in the place of a rule that lets in too many. */
export const admitGroup = ({ port, protocol = 'tcp', what, instead }: Served): Fix => ({
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
});

/** How to remove a group that nobody needs. */
export const removeGroup = (instead: string): Fix => ({
  instead,
  console:
    'VPC → Security groups → the group → Actions → Delete security groups. EC2 refuses where an interface or a rule of another group still uses it, and says which.',
  cli: 'aws ec2 delete-security-group --group-id sg-unused',
  cdk: "// Remove the construct, then deploy: CloudFormation deletes the group after its last user.\n// new ec2.SecurityGroup(this, 'Unused', { vpc });",
  terraform:
    '# Remove the resource, then apply. Not in the state yet? First:\n# terraform import aws_security_group.unused sg-unused',
});

/** How to give a workload a group of its own. */
export const ownGroup = (instead: string): Fix => ({
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
});
