import type {
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult,
  DescribeStaleSecurityGroupsRequest,
  DescribeStaleSecurityGroupsResult,
  SecurityGroupReference,
  StaleSecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import type { GroupRecord, PeeringRecord, RuleRecord } from '../../state/ec2-records.ts';
import { missingParameter, required } from '../../state/operation.ts';
import { pageOf } from '../listing.ts';
import { permissionsOf } from './describe-rules.ts';
import { isUsableIn } from './group-associations.ts';
import { otherSide } from './peerings.ts';
import { GROUP, requireResource, rulesOf, VPC } from './resources.ts';

/** Whether a rule of a group in the VPC has the group `id` as its source. */
function isReferencedIn(region: Region, vpcId: string, id: string): boolean {
  return [...region.rules.values()].some(
    ({ groupId, source }) =>
      source.kind === 'group' && source.groupId === id && region.groups.get(groupId)?.vpcId === vpcId,
  );
}

function referencesOver(
  region: Region,
  { id, vpcId }: GroupRecord,
  peering: PeeringRecord,
): readonly SecurityGroupReference[] {
  const beyond = otherSide(peering, vpcId);
  if (beyond === undefined || peering.status !== 'active') return [];
  const isNamed =
    beyond.ownerId === region.account.id
      ? isReferencedIn(region, beyond.vpcId, id)
      : peering.referencedByPeer.includes(id);
  return isNamed ? [{ GroupId: id, ReferencingVpcId: beyond.vpcId, VpcPeeringConnectionId: peering.id }] : [];
}

/**
 * DescribeSecurityGroupReferences: VPCs beyond active peering connections that have rules with one of the
 * groups as their source. The account has no transit gateways. Throws MissingParameter,
 * InvalidGroup.NotFound, InvalidGroupId.Malformed.
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
      peerings.flatMap((peering) => referencesOver(region, group, peering)),
    ),
  };
}

/**
 * Whether the rule's source is a group of another VPC, and no traffic can come from that group any more. The
 * group, the peering connection or the association has been deleted.
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
 * DescribeStaleSecurityGroups: the groups of a VPC that have stale rules. Throws MissingParameter,
 * InvalidVpcID.NotFound, InvalidVpcID.Malformed.
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
