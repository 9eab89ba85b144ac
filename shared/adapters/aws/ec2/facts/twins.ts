import { FactUnread } from '../../../../domain/errors.ts';
import type { Group } from '../../../../domain/group.ts';
import { groupFromSdk } from '../../../../events/describe/sdk.ts';
import { describeGroups, type Ec2 } from '../describe.ts';
import { orUnread, type Telling } from './telling.ts';
import { TwinIndex } from './twin-index.ts';

/** The index of all groups of some VPCs. Throws CallFailed, and InputInvalid for a group that is not understood. */
async function indexOf(ec2: Ec2, vpcIds: readonly string[]): Promise<TwinIndex> {
  const index = new TwinIndex();
  if (vpcIds.length === 0) return index;
  for (const group of await describeGroups(ec2, { name: 'vpc-id', values: vpcIds })) index.add(groupFromSdk(group));
  return index;
}

/**
 * Tells each group which others of its VPC have exactly the same rules. `known` is an index of the whole account, where there is one;
 * otherwise all groups of the VPCs are read.
 */
export async function tellTwins(ec2: Ec2, groups: readonly Group[], known?: TwinIndex): Promise<Telling> {
  const vpcIds = [...new Set(groups.flatMap(({ vpcId }) => vpcId ?? []))];
  const index = known ?? (await orUnread(`the groups of ${vpcIds.join(', ')}`, indexOf(ec2, vpcIds)));
  return index instanceof FactUnread ? () => index : (group) => ({ twins: index.twinsOf(group) });
}
