import type { Source } from '../../../shared/domain/group.ts';
import { canonicalCidr, canonicalTraffic } from '../services/ec2/canonical.ts';
import { storeInterface } from '../services/ec2/network-interfaces.ts';
import { storePeering } from '../services/ec2/peerings.ts';
import type { RequestedRule } from '../services/ec2/permissions.ts';
import { checkedEntries } from '../services/ec2/prefix-lists.ts';
import { newResourceId, rulesOf } from '../services/ec2/resources.ts';
import { storeInternetGateway } from '../services/ec2/routing.ts';
import { checkAddition, checkDistinct, removeRules, storeRules } from '../services/ec2/rules.ts';
import { storeGroup } from '../services/ec2/security-groups.ts';
import { storeSubnet } from '../services/ec2/subnets.ts';
import { storeVpc } from '../services/ec2/vpcs.ts';
import type { Account, Region } from '../state/account.ts';
import type { GroupRecord, SubnetRecord } from '../state/ec2-records.ts';
import type {
  Estate,
  EstateFunction,
  EstateInterface,
  EstatePeering,
  EstatePrefixList,
  EstateRule,
  EstateVpc,
} from './estate.ts';

/** Ids by the estate's names. */
type Ids = ReadonlyMap<string, string>;

/** Ids of a VPC's groups and of the region's prefix lists, by the estate's names. */
interface Names {
  readonly groups: Ids;
  readonly lists: Ids;
}

/**
 * Loads an estate into a region, by default the home region. Emits no events. Each VPC gets one subnet for
 * its interfaces, and an internet gateway if an interface has a public address. Throws AwsError for a value
 * that EC2 would refuse, and RangeError for a name that is not in the estate.
 */
export function loadEstate(account: Account, estate: Estate, regionName = account.homeRegion): void {
  const region = account.region(regionName);
  const lists = new Map((estate.prefixLists ?? []).map((list) => [list.name, loadPrefixList(region, list)]));
  for (const vpc of estate.vpcs) loadVpc(region, vpc, lists);
}

function loadVpc(region: Region, vpc: EstateVpc, lists: Names['lists']): void {
  const { cidr } = canonicalCidr(vpc.cidr, 'ipv4');
  const { id } = storeVpc(region, { cidr, isDefault: vpc.isDefault ?? false });
  region.tags.set(id, new Map([['Name', vpc.name]]));
  if (isPublic(vpc)) openToInternet(region, id);
  const subnet = storeSubnet(region, id, `${cidr.split('/')[0]}/24`);
  const names = { groups: loadGroups(region, id, vpc), lists };
  const standard = idOf(names.groups, 'default', 'the group');
  if (vpc.defaultGroup?.rules) {
    removeRules(region, rulesOf(region, standard));
    loadRules(region, standard, vpc.defaultGroup.rules, names);
  }
  loadInterfaces(region, subnet, standard, vpc.defaultGroup?.interfaces);
  for (const { name, rules = [], interfaces } of vpc.groups) {
    const groupId = idOf(names.groups, name, 'the group');
    loadRules(region, groupId, rules, names);
    loadInterfaces(region, subnet, groupId, interfaces);
  }
  loadFunctions(region, subnet, names.groups, vpc.functions);
  loadPeerings(region, id, names.groups, vpc.peerings);
}

function loadPrefixList(region: Region, list: EstatePrefixList): string {
  const { name, addressFamily, entries, maxEntries = entries.length } = list;
  const stated = entries.map((Cidr) => ({ Cidr }));
  const id = newResourceId(region.account.random, 'pl');
  const versions = new Map([[1, checkedEntries(stated, addressFamily, maxEntries)]]);
  region.prefixLists.set(id, { id, name, addressFamily, maxEntries, version: 1, versions, state: 'create-complete' });
  return id;
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

/** Replaces a group's default rules, in each direction that has rules in the estate. */
function loadRules(region: Region, groupId: string, rules: readonly EstateRule[], names: Names): void {
  const stated = rules.map((rule) => requestedRule(region, groupId, rule, names));
  checkDistinct([], stated);
  for (const direction of ['ingress', 'egress'] as const) {
    const replaced = stated.filter((rule) => rule.direction === direction);
    if (replaced.length === 0) continue;
    removeRules(
      region,
      rulesOf(region, groupId).filter((rule) => rule.direction === direction),
    );
    checkAddition(region, groupId, direction, replaced);
    storeRules(region, replaced);
  }
}

function requestedRule(region: Region, groupId: string, rule: EstateRule, names: Names): RequestedRule {
  const [from, to] = typeof rule.ports === 'number' ? [rule.ports, rule.ports] : (rule.ports ?? []);
  return {
    groupId,
    direction: rule.direction,
    ...canonicalTraffic(rule.protocol, from, to),
    source: sourceOf(region.account.id, rule.source, names),
    ...(rule.description === undefined ? {} : { description: rule.description }),
  };
}

function sourceOf(accountId: string, text: string, names: Names): Source {
  if (text.startsWith('pl:')) return { kind: 'prefix-list', id: idOf(names.lists, text.slice(3), 'the prefix list') };
  if (text.startsWith('sg:')) {
    return { kind: 'group', groupId: idOf(names.groups, text.slice(3), 'the group'), ownerId: accountId };
  }
  const { family, cidr } = canonicalCidr(text);
  return { kind: family, cidr };
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

function isPublic({ groups, defaultGroup }: EstateVpc): boolean {
  return [...groups, defaultGroup ?? {}].some(({ interfaces = [] }) =>
    interfaces.some(({ publicIp }) => publicIp !== undefined),
  );
}

/** Attaches an internet gateway: an address is public only behind one. */
function openToInternet(region: Region, vpcId: string): void {
  const gatewayId = storeInternetGateway(region, vpcId).id;
  const main = [...region.routeTables.values()].find((table) => table.vpcId === vpcId && table.main);
  if (main) region.routeTables.set(main.id, { ...main, routes: [{ cidr: '0.0.0.0/0', gatewayId }] });
}

/** The id of a name. Throws RangeError for a name that is not in the estate. */
function idOf(ids: Ids, name: string, what: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new RangeError(`The estate references ${what} ${name} but does not define it`);
  return id;
}

function groupIds(groups: Ids, names: readonly string[]): readonly string[] {
  return names.map((name) => idOf(groups, name, 'the group'));
}

/**
 * Loads the functions of a VPC. They are idle and have no interfaces; an estate can give their groups
 * interfaces of type `lambda`.
 */
function loadFunctions(
  region: Region,
  { id, vpcId }: SubnetRecord,
  groups: Ids,
  functions: readonly EstateFunction[] = [],
): void {
  const configOf = (names: readonly string[]) => ({ vpcId, subnetIds: [id], groupIds: groupIds(groups, names) });
  for (const { name, groups: names, published = [] } of functions) {
    region.functions.set(name, { name, vpcConfig: configOf(names), published: published.map(configOf) });
  }
}

/** Loads active peering connections that VPCs of other accounts requested. */
function loadPeerings(region: Region, vpcId: string, groups: Ids, peerings: readonly EstatePeering[] = []): void {
  for (const { names = [], ...requester } of peerings) {
    storePeering(region, {
      requester,
      accepter: { vpcId, ownerId: region.account.id },
      status: 'active',
      referencedByPeer: groupIds(groups, names),
    });
  }
}
