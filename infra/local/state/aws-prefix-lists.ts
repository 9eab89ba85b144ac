import type { PrefixListRecord } from './ec2-records.ts';

/** One AWS-managed prefix list. */
interface AwsPrefixList {
  readonly name: string;
  readonly addressFamily: 'IPv4' | 'IPv6';
  /** How many rules a reference to the list counts as. */
  readonly weight: number;
  /** Examples. The real lists are longer and change. */
  readonly cidrs: readonly string[];
}

/**
 * The AWS-managed prefix lists of a region, with AWS's names and weights. Their blocks are examples from
 * Amazon's address space and the same in each region.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
function listsOf(region: string): readonly AwsPrefixList[] {
  const own = `com.amazonaws.${region}`;
  return [
    {
      name: 'com.amazonaws.global.cloudfront.origin-facing',
      addressFamily: 'IPv4',
      weight: 55,
      cidrs: ['13.124.199.0/24', '18.68.0.0/16', '52.46.0.0/18', '64.252.64.0/18', '70.132.0.0/18', '130.176.0.0/17'],
    },
    {
      name: 'com.amazonaws.global.ipv6.cloudfront.origin-facing',
      addressFamily: 'IPv6',
      weight: 55,
      cidrs: ['2600:9000:1000::/36', '2600:9000:f000::/36'],
    },
    { name: 'com.amazonaws.global.groundstation', addressFamily: 'IPv4', weight: 5, cidrs: ['3.2.16.0/20'] },
    {
      name: `${own}.s3`,
      addressFamily: 'IPv4',
      weight: 1,
      cidrs: ['3.5.0.0/19', '16.182.0.0/16', '52.216.0.0/15', '54.231.0.0/16'],
    },
    { name: `${own}.dynamodb`, addressFamily: 'IPv4', weight: 1, cidrs: ['3.218.180.0/22', '52.94.0.0/22'] },
    { name: `${own}.s3express`, addressFamily: 'IPv4', weight: 6, cidrs: ['18.88.0.0/18'] },
    { name: `${own}.ec2-instance-connect`, addressFamily: 'IPv4', weight: 2, cidrs: ['18.206.107.24/29'] },
    {
      name: `${own}.ipv6.ec2-instance-connect`,
      addressFamily: 'IPv6',
      weight: 2,
      cidrs: ['2600:1f18:6fe3:8c01::/64'],
    },
    {
      name: `${own}.route53-healthchecks`,
      addressFamily: 'IPv4',
      weight: 25,
      cidrs: ['15.177.0.0/18', '54.183.255.128/26', '54.228.16.0/26'],
    },
    {
      name: `${own}.ipv6.route53-healthchecks`,
      addressFamily: 'IPv6',
      weight: 25,
      cidrs: ['2600:1f14:7ff:f800::/56', '2600:1f18:3fff:f800::/56'],
    },
    { name: `${own}.vpc-lattice`, addressFamily: 'IPv4', weight: 10, cidrs: ['169.254.171.0/24'] },
    { name: `${own}.ipv6.vpc-lattice`, addressFamily: 'IPv6', weight: 10, cidrs: ['fd00:ec2:80::/64'] },
  ];
}

/**
 * An id in EC2's short form, an FNV-1a hash of region and name. The real lists, too, have the same id in each
 * account.
 */
function idOf(region: string, name: string): string {
  let hash = 0x811c9dc5;
  for (const character of `${region} ${name}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return `pl-${hash.toString(16).padStart(8, '0')}`;
}

export function awsPrefixLists(region: string): readonly PrefixListRecord[] {
  return listsOf(region).map(({ name, addressFamily, weight, cidrs }) => ({
    id: idOf(region, name),
    name,
    addressFamily,
    maxEntries: weight,
    version: 1,
    versions: new Map([[1, cidrs.map((cidr) => ({ cidr }))]]),
    state: 'create-complete',
    isAwsManaged: true,
  }));
}
