import { storePeering } from './account/peerings.ts';
import type { SubnetRecord } from './account/records.ts';
import type { Region } from './account/region.ts';
import type { EstateFunction, EstatePeering } from './estate.ts';

/** Ids that names of an estate got. */
export type Ids = ReadonlyMap<string, string>;

/** The id of a name. Throws RangeError for a name that the estate does not have. */
export function named(ids: Ids, name: string, what: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new RangeError(`The estate names ${what} ${name}, which it does not have`);
  return id;
}

const groupIds = (groups: Ids, names: readonly string[]): readonly string[] =>
  names.map((name) => named(groups, name, 'the group'));

/** Functions of a VPC. None has an interface: they are idle, unless the estate gives their groups interfaces of type `lambda`. */
export function loadFunctions(
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

/** Active peering connections with VPCs of other accounts, which asked for them. */
export function loadPeerings(
  region: Region,
  vpcId: string,
  groups: Ids,
  peerings: readonly EstatePeering[] = [],
): void {
  for (const { names = [], ...requester } of peerings) {
    storePeering(region, {
      requester,
      accepter: { vpcId, ownerId: region.account.id },
      status: 'active',
      namedFromBeyond: groupIds(groups, names),
    });
  }
}
