import type { Attachment, InterfaceOwner } from '../../domain/group.ts';

/** Names of the services that own interfaces. */
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

/** Services that store data. */
const DATA_STORES: ReadonlySet<InterfaceOwner> = new Set(['rds', 'elasticache', 'redshift']);

/** Number of interfaces on one page of EC2's response. A full page means that there may be more. */
const PAGE_SIZE = 1000;

/** `3 interfaces`, `1,000 or more interfaces` */
export function countedInterfaces(attachments: readonly Attachment[]): string {
  if (attachments.length >= PAGE_SIZE) return '1,000 or more interfaces';
  return attachments.length === 1 ? '1 interface' : `${attachments.length} interfaces`;
}

/** The services that own some interfaces, sorted and unique. */
export function servicesOf(attachments: readonly Attachment[]): readonly InterfaceOwner[] {
  return [...new Set(attachments.map(({ owner = 'other' }) => owner))].toSorted();
}

/** `EC2 instances, RDS` */
export function namedServices(owners: readonly InterfaceOwner[]): string {
  return owners.map((owner) => SERVICE_NAMES[owner]).join(', ');
}

/** Whether one of the services is a database, a cache or a warehouse. */
export function holdsData(owners: readonly InterfaceOwner[]): boolean {
  return owners.some((owner) => DATA_STORES.has(owner));
}

/**
 * Protocols other than TCP, UDP and ICMP, by number.
 *
 * @see https://www.iana.org/assignments/protocol-numbers
 */
const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  '2': 'IGMP',
  '4': 'IPv4 in IP',
  '41': 'IPv6 in IP',
  '47': 'GRE',
  '50': 'ESP',
  '51': 'AH',
  '89': 'OSPF',
  '94': 'IPIP',
  '103': 'PIM',
  '112': 'VRRP',
  '115': 'L2TP',
  '132': 'SCTP',
  '136': 'UDPLite',
  '137': 'MPLS in IP',
};

/** `GRE (protocol 47)`, `protocol 253` */
export function protocolName(protocol: string): string {
  const name = PROTOCOL_NAMES[protocol];
  return name === undefined ? `protocol ${protocol}` : `${name} (protocol ${protocol})`;
}
