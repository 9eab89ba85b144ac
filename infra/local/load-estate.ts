import type { Source } from '../../shared/domain/rule.ts';
import type { Account } from './account/account.ts';
import { checkDistinct, storeRules } from './account/authorize.ts';
import { canonicalCidr } from './account/cidr.ts';
import { storeGroup } from './account/create-group.ts';
import { rulesOf } from './account/find-rule.ts';
import { newResourceId } from './account/ids.ts';
import { storeInterface } from './account/interfaces.ts';
import { storeInternetGateway } from './account/internet-gateways.ts';
import type { StatedRule } from './account/permissions.ts';
import { checkedEntries } from './account/prefix-entries.ts';
import { canonicalTraffic } from './account/protocol.ts';
import { checkAddition } from './account/quota.ts';
import type { GroupRecord, SubnetRecord } from './account/records.ts';
import type { Region } from './account/region.ts';
import { dropRules } from './account/revoke.ts';
import { storeSubnet } from './account/subnets.ts';
import { storeVpc } from './account/vpcs.ts';
import type { Estate, EstateInterface, EstatePrefixList, EstateRule, EstateVpc } from './estate.ts';
import { type Ids, loadFunctions, loadPeerings, named } from './load-vpc-parts.ts';

/** Names of an estate to the ids they got: groups of one VPC, prefix lists of the region. */
interface Names {
  readonly groups: Ids;
  readonly lists: Ids;
}

function loadPrefixList(region: Region, list: EstatePrefixList): string {
  const { name, addressFamily, entries, maxEntries = entries.length } = list;
  const stated = entries.map((Cidr) => ({ Cidr }));
  const id = newResourceId(region.account.random, 'pl');
  const versions = new Map([[1, checkedEntries(stated, addressFamily, maxEntries)]]);
  region.prefixLists.set(id, { id, name, addressFamily, maxEntries, version: 1, versions, state: 'create-complete' });
  return id;
}

function sourceOf(accountId: string, text: string, names: Names): Source {
  if (text.startsWith('pl:')) return { kind: 'prefix-list', id: named(names.lists, text.slice(3), 'the prefix list') };
  if (text.startsWith('sg:')) {
    return { kind: 'group', groupId: named(names.groups, text.slice(3), 'the group'), ownerId: accountId };
  }
  const { family, cidr } = canonicalCidr(text);
  return { kind: family, cidr };
}

function statedRule(region: Region, groupId: string, rule: EstateRule, names: Names): StatedRule {
  const [from, to] = typeof rule.ports === 'number' ? [rule.ports, rule.ports] : (rule.ports ?? []);
  return {
    groupId,
    direction: rule.direction,
    ...canonicalTraffic(rule.protocol, from, to),
    source: sourceOf(region.account.id, rule.source, names),
    ...(rule.description === undefined ? {} : { description: rule.description }),
  };
}

/** Gives a group its rules in place of those that AWS gave it, direction by direction where any is stated. */
function loadRules(region: Region, groupId: string, rules: readonly EstateRule[], names: Names): void {
  const stated = rules.map((rule) => statedRule(region, groupId, rule, names));
  checkDistinct([], stated);
  for (const direction of ['ingress', 'egress'] as const) {
    const replaced = stated.filter((rule) => rule.direction === direction);
    if (replaced.length === 0) continue;
    dropRules(
      region,
      rulesOf(region, groupId).filter((rule) => rule.direction === direction),
    );
    checkAddition(region, groupId, direction, replaced);
    storeRules(region, replaced);
  }
}

function loadInterfaces(
  region: Region,
  subnet: SubnetRecord,
  groupId: string,
  interfaces: readonly EstateInterface[] = [],
): void {
  for (const { description, type = 'interface', requesterId, publicIp } of interfaces) {
    storeInterface(region, subnet, {
      groupIds: [groupId],
      description,
      type,
      status: 'in-use',
      requesterManaged: requesterId !== undefined,
      ...(requesterId === undefined ? {} : { requesterId }),
      ...(publicIp === undefined ? {} : { publicIp }),
    });
  }
}

function loadGroups(region: Region, vpcId: string, vpc: EstateVpc): Ids {
  const groups = vpc.groups.map(({ name, description = name, tags = {} }): GroupRecord => {
    const id = newResourceId(region.account.random, 'sg');
    storeGroup(region, { id, name, description, vpcId });
    region.tags.set(id, new Map(Object.entries(tags)));
    return { id, name, description, vpcId };
  });
  const standard = [...region.groups.values()].filter((group) => group.vpcId === vpcId && group.name === 'default');
  return new Map([...standard, ...groups].map(({ id, name }) => [name, id]));
}

const isPublic = ({ groups, defaultGroup }: EstateVpc): boolean =>
  [...groups, defaultGroup ?? {}].some(({ interfaces = [] }) =>
    interfaces.some(({ publicIp }) => publicIp !== undefined),
  );

/** An address is public only where an internet gateway stands. */
function openToInternet(region: Region, vpcId: string): void {
  const gatewayId = storeInternetGateway(region, vpcId).id;
  const main = [...region.routeTables.values()].find((table) => table.vpcId === vpcId && table.main);
  if (main) region.routeTables.set(main.id, { ...main, routes: [{ cidr: '0.0.0.0/0', gatewayId }] });
}

function loadVpc(region: Region, vpc: EstateVpc, lists: Names['lists']): void {
  const { cidr } = canonicalCidr(vpc.cidr, 'ipv4');
  const { id } = storeVpc(region, { cidr, isDefault: vpc.isDefault ?? false });
  region.tags.set(id, new Map([['Name', vpc.name]]));
  if (isPublic(vpc)) openToInternet(region, id);
  const subnet = storeSubnet(region, id, `${cidr.split('/')[0]}/24`);
  const names = { groups: loadGroups(region, id, vpc), lists };
  const standard = named(names.groups, 'default', 'the group');
  if (vpc.defaultGroup?.rules) {
    dropRules(region, rulesOf(region, standard));
    loadRules(region, standard, vpc.defaultGroup.rules, names);
  }
  loadInterfaces(region, subnet, standard, vpc.defaultGroup?.interfaces);
  for (const { name, rules = [], interfaces } of vpc.groups) {
    const groupId = named(names.groups, name, 'the group');
    loadRules(region, groupId, rules, names);
    loadInterfaces(region, subnet, groupId, interfaces);
  }
  loadFunctions(region, subnet, names.groups, vpc.functions);
  loadPeerings(region, id, names.groups, vpc.peerings);
}

/**
 * Fills a region of the account, by default its home region, with an estate. Emits no events: it was always so.
 * Each VPC gets one subnet, for its interfaces, and an internet gateway where one of them has a public address. Throws AwsError where EC2 would refuse a value, RangeError for a name
 * that the estate does not have.
 */
export function loadEstate(account: Account, estate: Estate, regionName = account.homeRegion): void {
  const region = account.region(regionName);
  const lists = new Map((estate.prefixLists ?? []).map((list) => [list.name, loadPrefixList(region, list)]));
  for (const vpc of estate.vpcs) loadVpc(region, vpc, lists);
}
