import { FactUnread } from '../../../../domain/errors.ts';
import type { Group, GroupIdentity } from '../../../../domain/group.ts';
import { groupFromSdk } from '../../../../events/describe/sdk.ts';
import { groupsNamedBy, identityOf, peersOf } from '../../../../network/text/peer.ts';
import { describeGroups, type Ec2 } from '../describe.ts';
import { orUnread, type Telling } from './telling.ts';

/** Groups by id, without their rules. A filter leaves out ids that are not there. Throws CallFailed. */
async function identities(ec2: Ec2, ids: readonly string[]): Promise<readonly GroupIdentity[]> {
  if (ids.length === 0) return [];
  const described = await describeGroups(ec2, { name: 'group-id', values: ids });
  return described.map((group) => identityOf(groupFromSdk({ ...group, IpPermissions: [], IpPermissionsEgress: [] })));
}

/** Tells each group what the groups are that its rules name. Those that are looked at anyway are not read again. */
export async function tellPeers(ec2: Ec2, groups: readonly Group[]): Promise<Telling> {
  const known = new Map<string, GroupIdentity>(groups.map((group) => [group.id, identityOf(group)]));
  const named = new Set(groups.flatMap((group) => [...groupsNamedBy(group).own]));
  const unknown = [...named].filter((id) => !known.has(id));
  const read = await orUnread(`the groups ${unknown.join(', ')} that rules name`, identities(ec2, unknown));
  if (!(read instanceof FactUnread)) for (const identity of read) known.set(identity.id, identity);
  return (group) => {
    const namedHere = groupsNamedBy(group);
    const isTold = !(read instanceof FactUnread) || [...namedHere.own].every((id) => known.has(id));
    return isTold ? { peers: peersOf(namedHere, (id) => known.get(id)) } : read;
  };
}
