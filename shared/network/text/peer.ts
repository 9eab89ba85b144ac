import type { Peer, PeerIdentity } from '../../domain/controls/facts.ts';
import type { Group, GroupIdentity } from '../../domain/group.ts';

/** A group apart from its rules. */
export const identityOf = ({ rules: _rules, ...identity }: Group): GroupIdentity => identity;

/** Ids of the groups that the rules name and that belong to the same account, and of those that belong to another. */
export interface NamedGroups {
  readonly own: ReadonlySet<string>;
  readonly foreign: ReadonlySet<string>;
}

/** The groups that a group's rules name, told apart by their owner. Without a stated owner they are the account's own. */
export const groupsNamedBy = ({ rules, ownerId }: Group): NamedGroups => {
  const own = new Set<string>();
  const foreign = new Set<string>();
  for (const { source } of rules) {
    if (source.kind !== 'group') continue;
    const isOwn = source.ownerId === undefined || ownerId === undefined || source.ownerId === ownerId;
    (isOwn ? own : foreign).add(source.groupId);
  }
  return { own, foreign };
};

/** The peers of a group, where `find` knows every group of the account: what it does not know is gone. */
export const peersOf = (
  { own, foreign }: NamedGroups,
  find: (id: string) => PeerIdentity | undefined,
): ReadonlyMap<string, Peer> =>
  new Map<string, Peer>([
    ...Array.from(own, (id) => [id, find(id) ?? 'gone'] as const),
    ...Array.from(foreign, (id) => [id, 'foreign'] as const),
  ]);
