import type { Attached } from '../../../domain/decision.ts';
import type { InterfaceOwner } from '../../../domain/group.ts';

const NAMES = {
  rds: 'RDS',
  elasticache: 'ElastiCache',
  elb: 'load balancer',
  lambda: 'Lambda',
  redshift: 'Redshift',
  dms: 'DMS',
  efs: 'EFS',
  'vpc-endpoint': 'VPC endpoint',
  'nat-gateway': 'NAT gateway',
  ecs: 'ECS',
  ec2: 'EC2',
  other: 'other',
} as const satisfies Record<InterfaceOwner, string>;

const interfaces = (count: number): string => (count === 1 ? '1 interface' : `${count} interfaces`);

/** What a group is attached to: `4 interfaces (3 EC2, 1 load balancer), with a public address: i-0…, eni-0… and others`. */
export const attachedText = ({ interfaces: count, kinds, ids, hasPublicAddress }: Attached): string => {
  if (count === 0) return 'nothing';
  const shares = kinds.map((kind) => `${kind.count} ${NAMES[kind.kind]}`).join(', ');
  const address = hasPublicAddress ? 'with a public address' : 'without a public address';
  return `${interfaces(count)} (${shares}), ${address}: ${ids.join(', ')}${ids.length < count ? ' and others' : ''}`;
};
