import type { Attachment, InterfaceOwner } from '../../domain/group.ts';

/** What tells the owner of an interface. */
type Traits = Pick<Attachment, 'description' | 'type' | 'instanceId'>;

/** EC2's interface types that stand for one service. */
const TYPES: ReadonlyMap<string, InterfaceOwner> = new Map([
  ['lambda', 'lambda'],
  ['efs', 'efs'],
  ['vpc_endpoint', 'vpc-endpoint'],
  ['gateway_load_balancer_endpoint', 'vpc-endpoint'],
  ['nat_gateway', 'nat-gateway'],
  ['natGateway', 'nat-gateway'],
  ['load_balancer', 'elb'],
  ['network_load_balancer', 'elb'],
  ['gateway_load_balancer', 'elb'],
]);

/** How services describe the interfaces that they make for themselves. */
const DESCRIPTIONS: readonly (readonly [description: RegExp, owner: InterfaceOwner])[] = [
  [/^RDSNetworkInterface/, 'rds'],
  [/^ElastiCache\b/, 'elasticache'],
  [/^ELB /, 'elb'],
  [/^AWS Lambda VPC ENI/, 'lambda'],
  [/^RedshiftNetworkInterface/, 'redshift'],
  [/^DMSNetworkInterface/, 'dms'],
  [/^EFS mount target for /, 'efs'],
  [/^VPC Endpoint Interface\b/, 'vpc-endpoint'],
  [/^Interface for NAT Gateway\b/, 'nat-gateway'],
  [/^arn:[^:]+:ecs:/, 'ecs'],
];

/**
 * Whose interface it is. An interface of an instance is the instance's, whatever its description says: anybody may write that one.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html (interfaceType)
 */
export const interfaceOwner = ({ description, type, instanceId }: Traits): InterfaceOwner => {
  if (instanceId !== undefined) return 'ec2';
  return TYPES.get(type) ?? DESCRIPTIONS.find(([pattern]) => pattern.test(description))?.[1] ?? 'other';
};
