import type { GroupIdentity } from '../domain/group.ts';
import type { Sight } from '../domain/ports.ts';

/** What a reader puts in place of an account that the event does not name. */
const UNKNOWN_ACCOUNT = 'unknown';

/**
 * Whether the account itself owns a group. A VPC or a group can be shared through AWS RAM. Then EC2 also shows groups of other
 * accounts, and only the owner's cell may change those.
 */
export const isOwnGroup = (
  { ownerId }: Pick<GroupIdentity, 'ownerId'>,
  { account }: { readonly account: string },
): boolean => ownerId === undefined || account === UNKNOWN_ACCOUNT || ownerId === account;

/** Why a group is left to another account. */
export const whyNotOwn = ({ id, ownerId }: Pick<GroupIdentity, 'id' | 'ownerId'>): string =>
  `${id} belongs to account ${ownerId}, which shares it: the Portcullis of that account evaluates it`;

/** The snapshot without the groups of other accounts, and the reason for each group that is left out. */
export const ownPart = (sight: Sight, place: { readonly account: string }) => {
  const others = sight.sightings.filter(({ group }) => !isOwnGroup(group, place));
  if (others.length === 0) return { sight, reasons: [] };
  const own = sight.sightings.filter((sighting) => !others.includes(sighting));
  return { sight: { ...sight, sightings: own }, reasons: others.map(({ group }) => whyNotOwn(group)) };
};
