import type {
  DescribeStaleSecurityGroupsRequest,
  DescribeStaleSecurityGroupsResult,
  StaleSecurityGroup,
} from '@aws-sdk/client-ec2';
import { required } from './aws-error.ts';
import { rulesOf } from './find-rule.ts';
import { isUsableIn } from './group-associations.ts';
import { pageOf } from './paging.ts';
import type { GroupRecord, RuleRecord } from './records.ts';
import type { Region } from './region.ts';
import { requireResource, VPC } from './resource-kinds.ts';
import { permissionsOf } from './rule-output.ts';

/**
 * Whether the rule's source is a group of another VPC from which no traffic can come any more: the peering connection or the association is
 * gone, or the group.
 */
function isStale(region: Region, group: GroupRecord, { source }: RuleRecord): boolean {
  if (source.kind !== 'group' || source.vpcId === undefined) return false;
  if (source.peeringId !== undefined && region.peerings.get(source.peeringId)?.status !== 'active') return true;
  if (source.ownerId !== undefined && source.ownerId !== region.account.id) return false;
  const named = region.groups.get(source.groupId);
  if (!named) return true;
  if (source.peeringId !== undefined) return false;
  return !isUsableIn(region, named, group.vpcId) && !isUsableIn(region, group, named.vpcId);
}

function staleGroup(region: Region, group: GroupRecord): readonly StaleSecurityGroup[] {
  const stale = rulesOf(region, group.id).filter((rule) => isStale(region, group, rule));
  if (stale.length === 0) return [];
  const permissions = (direction: RuleRecord['direction']) =>
    permissionsOf(
      region,
      stale.filter((rule) => rule.direction === direction),
    );
  return [
    {
      GroupId: group.id,
      GroupName: group.name,
      Description: group.description,
      VpcId: group.vpcId,
      StaleIpPermissions: permissions('ingress').map(({ IpRanges: _none, PrefixListIds: _any, ...rest }) => rest),
      StaleIpPermissionsEgress: permissions('egress').map(({ IpRanges: _none, PrefixListIds: _any, ...rest }) => rest),
    },
  ];
}

/**
 * DescribeStaleSecurityGroups: the groups of a VPC with rules that name groups of another VPC which traffic no longer comes from. Throws
 * MissingParameter, InvalidVpcID.NotFound, InvalidVpcID.Malformed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeStaleSecurityGroups.html
 */
export function describeStaleSecurityGroups(
  region: Region,
  input: DescribeStaleSecurityGroupsRequest,
): DescribeStaleSecurityGroupsResult {
  const { id: vpcId } = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const groups = [...region.groups.values()].filter((group) => group.vpcId === vpcId);
  const found = groups.flatMap((group) => staleGroup(region, group));
  const { items, next } = pageOf(found, input, { min: 5, max: 255 });
  return { StaleSecurityGroupSet: [...items], ...next };
}
