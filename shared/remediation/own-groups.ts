import type { Snapshot } from '../domain/ec2.ts';
import type { GroupIdentity } from '../domain/group.ts';

/** The account id of a change whose event names no account. */
const UNKNOWN_ACCOUNT = 'unknown';

/**
 * Whether the account owns a group. An account may share a VPC or a group through AWS RAM. EC2 then also
 * returns groups of other accounts, and only the cell of the owner may change these.
 */
export function isOwnGroup(
  { ownerId }: Pick<GroupIdentity, 'ownerId'>,
  { account }: { readonly account: string },
): boolean {
  return ownerId === undefined || account === UNKNOWN_ACCOUNT || ownerId === account;
}

/** Why Portcullis leaves a group to another account. */
export function foreignGroupReason({ id, ownerId }: Pick<GroupIdentity, 'id' | 'ownerId'>): string {
  return `${id} belongs to account ${ownerId}, which shares it: the Portcullis of that account evaluates it`;
}

/** The snapshot without the groups of other accounts, and a reason for each group that is left out. */
export function withoutForeignGroups(
  snapshot: Snapshot,
  place: { readonly account: string },
): { readonly own: Snapshot; readonly reasons: readonly string[] } {
  const foreign = snapshot.groups.filter(({ group }) => !isOwnGroup(group, place));
  if (foreign.length === 0) return { own: snapshot, reasons: [] };
  const groups = snapshot.groups.filter((one) => !foreign.includes(one));
  return { own: { ...snapshot, groups }, reasons: foreign.map(({ group }) => foreignGroupReason(group)) };
}
