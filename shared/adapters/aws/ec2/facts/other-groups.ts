import { DescribeNetworkInterfacesCommand, type NetworkInterface } from '@aws-sdk/client-ec2';
import type { Neighbours } from '../../../../domain/control.ts';
import { FactUnread } from '../../../../domain/errors.ts';
import type { Group, GroupIdentity } from '../../../../domain/group.ts';
import { groupFromSdk } from '../../../../events/describe/group.ts';
import { mayAddUp } from '../../../../network/exposure/together.ts';
import { groupsNamedBy, identityOf, peersOf } from '../../../../network/group-facts.ts';
import { call, chunks, FILTER_VALUES, pages } from '../../call.ts';
import { describeGroups, type Ec2, PAGE_SIZE } from '../describe.ts';
import { readPrefixLists, withCidrs } from '../prefix-lists.ts';
import { TwinIndex } from './account-wide.ts';
import { type FactsFor, orUnread } from './facts.ts';

/** Groups by id, without their rules. Unknown ids are absent. Throws CallFailed. */
async function identities(ec2: Ec2, ids: readonly string[]): Promise<readonly GroupIdentity[]> {
  if (ids.length === 0) return [];
  const described = await describeGroups(ec2, { name: 'group-id', values: ids });
  return described.map((group) => identityOf(groupFromSdk({ ...group, IpPermissions: [], IpPermissionsEgress: [] })));
}

/** Reads the groups that the rules of each group name. Groups of this snapshot are not read again. */
export async function readPeers(ec2: Ec2, groups: readonly Group[]): Promise<FactsFor> {
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

/** Interfaces that have the same groups. */
interface InterfaceGroups extends Pick<Neighbours, 'interfaceId' | 'interfaces'> {
  readonly groupIds: readonly string[];
}

/**
 * Interfaces with more than one group, counted by their set of groups. Reads every page: one call for 1,000
 * interfaces.
 */
async function sharedInterfaces(ec2: Ec2, ids: readonly string[]): Promise<readonly InterfaceGroups[]> {
  const seen = new Set<string>();
  const sets = new Map<string, InterfaceGroups>();
  const note = ({ NetworkInterfaceId: interfaceId = '', Groups: groups = [] }: NetworkInterface): void => {
    const groupIds = groups.flatMap(({ GroupId }) => GroupId ?? []).toSorted();
    if (groupIds.length < 2 || seen.has(interfaceId)) return;
    seen.add(interfaceId);
    const key = groupIds.join(' ');
    const known = sets.get(key);
    sets.set(key, {
      groupIds,
      interfaceId: known?.interfaceId ?? interfaceId,
      interfaces: (known?.interfaces ?? 0) + 1,
    });
  };
  const parts = chunks(ids, FILTER_VALUES).map(async (part) =>
    pages<never>(async (token) => {
      const command = new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: 'group-id', Values: [...part] }],
        MaxResults: PAGE_SIZE,
        ...(token && { NextToken: token }),
      });
      const answer = await call('DescribeNetworkInterfaces', ec2.send(command));
      for (const one of answer.NetworkInterfaces ?? []) note(one);
      return { items: [], next: answer.NextToken };
    }),
  );
  await Promise.all(parts);
  return [...sets.values()];
}

/**
 * Groups with their rules and the entries of their prefix lists, without rule ids: one call for 200 groups.
 * Deleted groups are absent.
 */
async function rulesOf(ec2: Ec2, ids: readonly string[]): Promise<ReadonlyMap<string, Group>> {
  if (ids.length === 0) return new Map();
  const groups = (await describeGroups(ec2, { name: 'group-id', values: ids })).map(groupFromSdk);
  const lists = await readPrefixLists(
    ec2,
    groups.flatMap(({ rules }) => rules.filter(({ direction }) => direction === 'ingress')),
  );
  const [unread] = lists.unread;
  if (unread !== undefined) throw unread;
  return new Map(
    groups.map((group) => [group.id, { ...group, rules: group.rules.map((rule) => withCidrs(rule, lists)) }]),
  );
}

/**
 * The neighbours of each group. Throws CallFailed, InputInvalid for a group that cannot be parsed, and
 * FactUnread for a prefix list.
 */
async function neighboursOf(ec2: Ec2, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Neighbours[]>> {
  const shared = await sharedInterfaces(ec2, ids);
  const rules = await rulesOf(ec2, [...new Set(shared.flatMap(({ groupIds }) => groupIds))]);
  const beside = (id: string, { groupIds, ...where }: InterfaceGroups): readonly Neighbours[] => {
    if (!groupIds.includes(id)) return [];
    const groups = groupIds.flatMap((other) => (other === id ? [] : (rules.get(other) ?? [])));
    const some = groups.filter((group) => mayAddUp(group.rules));
    return some.length === 0 ? [] : [{ ...where, groups: some }];
  };
  return new Map(ids.map((id) => [id, shared.flatMap((one) => beside(id, one))]));
}

/**
 * Reads which groups share interfaces with each group. Only groups whose own inbound rules name part of the
 * public address space need it: a few of the hundred groups of an ordinary account.
 */
export async function readNeighbours(ec2: Ec2, groups: readonly Group[]): Promise<FactsFor> {
  const ids = groups.filter(({ rules }) => mayAddUp(rules)).map(({ id }) => id);
  if (ids.length === 0) return () => ({ neighbours: [] });
  const read = await orUnread(`the groups that share interfaces with ${ids.join(', ')}`, neighboursOf(ec2, ids));
  const isRead = new Set(ids);
  return ({ id }) => {
    if (!isRead.has(id)) return { neighbours: [] };
    return read instanceof FactUnread ? read : { neighbours: read.get(id) ?? [] };
  };
}

/**
 * The index of all groups of some VPCs. Throws CallFailed, and InputInvalid for a group that cannot be
 * parsed.
 */
async function buildTwinIndex(ec2: Ec2, vpcIds: readonly string[]): Promise<TwinIndex> {
  const index = new TwinIndex();
  if (vpcIds.length === 0) return index;
  for (const group of await describeGroups(ec2, { name: 'vpc-id', values: vpcIds })) index.add(groupFromSdk(group));
  return index;
}

/**
 * Reads which other groups of the VPC have exactly the same rules as each group. `known`: an index of the
 * whole account. Without it, all groups of the VPCs are read.
 */
export async function readTwins(ec2: Ec2, groups: readonly Group[], known?: TwinIndex): Promise<FactsFor> {
  const vpcIds = [...new Set(groups.flatMap(({ vpcId }) => vpcId ?? []))];
  const index = known ?? (await orUnread(`the groups of ${vpcIds.join(', ')}`, buildTwinIndex(ec2, vpcIds)));
  return index instanceof FactUnread ? () => index : (group) => ({ twins: index.twinsOf(group) });
}
