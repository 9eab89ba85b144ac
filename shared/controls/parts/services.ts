import type { Attachment, InterfaceOwner } from '../../domain/group.ts';

/** What people call the owners of interfaces. */
const SERVICE_NAMES = {
  rds: 'RDS',
  elasticache: 'ElastiCache',
  elb: 'load balancers',
  lambda: 'Lambda',
  redshift: 'Redshift',
  dms: 'DMS',
  efs: 'EFS',
  'vpc-endpoint': 'VPC endpoints',
  'nat-gateway': 'NAT gateways',
  ecs: 'ECS',
  ec2: 'EC2 instances',
  other: 'other services',
} as const satisfies Record<InterfaceOwner, string>;

/** Kinds of service that keep data. */
const DATA_STORES: ReadonlySet<InterfaceOwner> = new Set(['rds', 'elasticache', 'redshift']);

/** Interfaces on one page of EC2's answer: where there are so many, there may be more. */
const PAGE = 1000;

/** `3 interfaces`, `1,000 or more interfaces` */
export const countedInterfaces = (attachments: readonly Attachment[]): string => {
  if (attachments.length >= PAGE) return '1,000 or more interfaces';
  return attachments.length === 1 ? '1 interface' : `${attachments.length} interfaces`;
};

/** Kinds of service behind some interfaces, in an order of their own. */
export const servicesOf = (attachments: readonly Attachment[]): readonly InterfaceOwner[] =>
  [...new Set(attachments.map(({ owner = 'other' }) => owner))].toSorted();

/** `EC2 instances, RDS` */
export const namedServices = (owners: readonly InterfaceOwner[]): string =>
  owners.map((owner) => SERVICE_NAMES[owner]).join(', ');

/** Whether a database, a cache or a warehouse is among them. */
export const holdsData = (owners: readonly InterfaceOwner[]): boolean => owners.some((owner) => DATA_STORES.has(owner));
