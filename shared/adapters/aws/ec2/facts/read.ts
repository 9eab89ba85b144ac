import type { Need } from '../../../../domain/controls/facts.ts';
import type { Group } from '../../../../domain/group.ts';
import type { Ec2 } from '../describe.ts';
import type { AccountWide } from './account-wide.ts';
import { tellNeighbours } from './neighbours.ts';
import { tellPeers } from './peers.ts';
import { tellReferences } from './references.ts';
import type { Telling } from './telling.ts';
import { tellTwins } from './twins.ts';
import { tellUse } from './use.ts';
import { tellVpcCidrs } from './vpc-cidrs.ts';

/** The facts that can be read with the ids of the groups alone: beside the groups themselves. Throws nothing. */
export async function readBeside(
  ec2: Ec2,
  ids: readonly string[],
  needs: ReadonlySet<Need>,
  wide: AccountWide,
): Promise<readonly Telling[]> {
  if (ids.length === 0) return [];
  const readings = await Promise.all([
    needs.has('attachments') || needs.has('reachability') ? tellUse(ec2, ids, needs, wide) : [],
    needs.has('referencedBy') ? tellReferences(ec2, ids, wide) : [],
    needs.has('vpcCidrs') ? tellVpcCidrs(wide.vpcs()) : [],
  ]);
  return readings.flat();
}

/** The facts that follow from what the groups and their rules say: in the same step as the prefix lists. Throws nothing. */
export async function readAfter(
  ec2: Ec2,
  groups: readonly Group[],
  needs: ReadonlySet<Need>,
  wide: AccountWide,
): Promise<readonly Telling[]> {
  const readings = await Promise.all([
    needs.has('peers') ? tellPeers(ec2, groups) : [],
    needs.has('neighbours') ? tellNeighbours(ec2, groups) : [],
    needs.has('twins') ? tellTwins(ec2, groups, wide.twins) : [],
  ]);
  return readings.flat();
}
