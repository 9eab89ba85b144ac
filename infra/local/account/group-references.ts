import type {
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult,
  SecurityGroupReference,
} from '@aws-sdk/client-ec2';
import { missingParameter } from './aws-error.ts';
import { otherSide } from './peerings.ts';
import type { GroupRecord, PeeringRecord } from './records.ts';
import type { Region } from './region.ts';
import { GROUP, requireResource } from './resource-kinds.ts';

/** Whether a rule of a group in the VPC names the group. */
function namedIn(region: Region, vpcId: string, id: string): boolean {
  return [...region.rules.values()].some(
    ({ groupId, source }) =>
      source.kind === 'group' && source.groupId === id && region.groups.get(groupId)?.vpcId === vpcId,
  );
}

function referenceOver(
  region: Region,
  { id, vpcId }: GroupRecord,
  peering: PeeringRecord,
): readonly SecurityGroupReference[] {
  const beyond = otherSide(peering, vpcId);
  if (beyond === undefined || peering.status !== 'active') return [];
  const isNamed =
    beyond.ownerId === region.account.id ? namedIn(region, beyond.vpcId, id) : peering.namedFromBeyond.includes(id);
  return isNamed ? [{ GroupId: id, ReferencingVpcId: beyond.vpcId, VpcPeeringConnectionId: peering.id }] : [];
}

/**
 * DescribeSecurityGroupReferences: the VPCs on the other side of active peering connections whose rules name the groups. The account has
 * no transit gateways. Throws MissingParameter, InvalidGroup.NotFound, InvalidGroupId.Malformed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html
 */
export function describeSecurityGroupReferences(
  region: Region,
  input: DescribeSecurityGroupReferencesRequest,
): DescribeSecurityGroupReferencesResult {
  const ids = new Set(input.GroupId);
  if (ids.size === 0) throw missingParameter('groupId');
  const groups = Array.from(ids, (id) => requireResource(region, GROUP, id));
  const peerings = [...region.peerings.values()];
  return {
    SecurityGroupReferenceSet: groups.flatMap((group) =>
      peerings.flatMap((peering) => referenceOver(region, group, peering)),
    ),
  };
}
