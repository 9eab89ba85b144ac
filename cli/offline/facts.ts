import type { Facts, Reference } from '../../shared/domain/controls/facts.ts';
import type { Group } from '../../shared/domain/group.ts';
import { mayAddUp } from '../../shared/network/exposure/together.ts';
import { reachabilityOf } from '../../shared/network/reachability.ts';
import type { AccountIndex } from './account-index.ts';
import { BESIDE_GROUPS, type Supplements } from './supplements.ts';

const NO_ROUTES = { subnets: new Set<string>(), vpcs: new Set<string>() };

/** Without route tables it is known all the same where no interface has a public address. */
const reachabilityIn = ({ id }: Group, { attachments, routes }: Supplements): Partial<Facts> => {
  if (attachments === undefined) return {};
  const used = attachments.get(id) ?? [];
  const hasPublic = used.some(({ publicIp, publicIpv6 }) => publicIp !== undefined || publicIpv6 !== undefined);
  if (hasPublic && routes === undefined) return {};
  return { reachability: reachabilityOf(used, routes ?? NO_ROUTES) };
};

const vpcCidrsIn = ({ vpcId }: Group, { vpcs }: Supplements): Partial<Facts> => {
  const vpcCidrs = vpcId === undefined ? undefined : vpcs?.get(vpcId);
  return vpcCidrs === undefined ? {} : { vpcCidrs };
};

/** What names a group beside the rules of other groups. */
const referencesIn = ({ id }: Group, { naming }: Supplements): readonly Reference[] =>
  BESIDE_GROUPS.flatMap((kind) => Array.from(naming?.[kind]?.get(id) ?? [], (one) => ({ kind, id: one })));

/** The rules of neighbours are not kept, so only a group whose interfaces have no other group is known to have none that count. */
const neighboursOf = ({ id, rules }: Group, { attachments }: Supplements): Partial<Facts> => {
  const isAlone = attachments?.get(id)?.every(({ groupIds = [] }) => groupIds.length < 2) ?? attachments !== undefined;
  return isAlone || !mayAddUp(rules) ? { neighbours: [] } : {};
};

/** What an input tells of a group besides its rules. A fact that it does not tell is absent: nothing is concluded from silence. */
export const factsOf = (group: Group, supplements: Supplements, index: AccountIndex): Partial<Facts> => ({
  ...(supplements.attachments && { attachments: supplements.attachments.get(group.id) ?? [] }),
  ...reachabilityIn(group, supplements),
  ...vpcCidrsIn(group, supplements),
  ...neighboursOf(group, supplements),
  ...index.factsOf(group, referencesIn(group, supplements)),
});
