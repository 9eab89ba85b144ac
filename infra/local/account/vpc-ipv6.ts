import type { AssociateVpcCidrBlockRequest, AssociateVpcCidrBlockResult } from '@aws-sdk/client-ec2';
import { storeRules } from './authorize.ts';
import { AwsError, invalidParameter, required } from './aws-error.ts';
import { canonicalCidr } from './cidr.ts';
import { allEgress } from './default-egress.ts';
import { rulesOf } from './find-rule.ts';
import type { VpcRecord } from './records.ts';
import type { Region } from './region.ts';
import { requireResource, VPC } from './resource-kinds.ts';

/** A /56 block of Amazon's for a VPC, made from the VPC's id so that it is the same each time. */
export function amazonIpv6Cidr(vpcId: string): string {
  const digits = vpcId.slice(-6);
  return canonicalCidr(`2600:1f18:${digits.slice(0, 4)}:${digits.slice(4)}00::/56`, 'ipv6').cidr;
}

/** The IPv6 blocks of a VPC as EC2 answers them. */
export function ipv6Associations(region: Region, { id, ipv6Cidr }: VpcRecord, state: 'associating' | 'associated') {
  if (ipv6Cidr === undefined) return [];
  return [
    {
      AssociationId: id.replace('vpc-', 'vpc-cidr-assoc-6'),
      Ipv6CidrBlock: ipv6Cidr,
      Ipv6CidrBlockState: { State: state },
      Ipv6Pool: 'Amazon',
      NetworkBorderGroup: region.name,
    },
  ];
}

/** Whether a group's outbound rules are those that EC2 gave it. */
function hasDefaultEgress(region: Region, groupId: string): boolean {
  const egress = rulesOf(region, groupId).filter((rule) => rule.direction === 'egress');
  return (
    egress.length === 1 &&
    egress.every(({ protocol, source }) => protocol === '-1' && source.kind === 'ipv4' && source.cidr === '0.0.0.0/0')
  );
}

/**
 * AssociateVpcCidrBlock, for a block that Amazon provides. Groups whose outbound rules nobody has changed also get the outbound rule for ::/0.
 * Throws InvalidVpcID.NotFound, InvalidParameterValue if the VPC has such a block, UnsupportedOperation for other blocks.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-migrate-ipv6-add.html
 */
export function associateVpcCidrBlock(
  region: Region,
  input: AssociateVpcCidrBlockRequest,
): AssociateVpcCidrBlockResult {
  const vpc = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  if (!input.AmazonProvidedIpv6CidrBlock) {
    throw new AwsError(
      'UnsupportedOperation',
      'The embedded account implements AssociateVpcCidrBlock with AmazonProvidedIpv6CidrBlock only',
    );
  }
  if (vpc.ipv6Cidr !== undefined) throw invalidParameter(`The vpc ID '${vpc.id}' has the IPv6 block ${vpc.ipv6Cidr}`);
  const changed = { ...vpc, ipv6Cidr: amazonIpv6Cidr(vpc.id) };
  region.vpcs.set(vpc.id, changed);
  const unchanged = [...region.groups.values()].filter(
    (group) => group.vpcId === vpc.id && hasDefaultEgress(region, group.id),
  );
  for (const { id } of unchanged) storeRules(region, [allEgress(id, 'ipv6')]);
  const [association] = ipv6Associations(region, changed, 'associating');
  return { VpcId: vpc.id, ...(association && { Ipv6CidrBlockAssociation: association }) };
}
