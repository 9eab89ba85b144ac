import type { Group } from '../../shared/domain/group.ts';
import { counted } from '../../shared/reports/lines.ts';

/** Uses of prefix lists whose entries nobody knows: inbound rules by list id. */
export type UnknownLists = Map<string, number>;

/** Counts a group's inbound rules that name such a list. */
export const countUnknownLists = ({ rules }: Group, counts: UnknownLists): void => {
  for (const { direction, source } of rules) {
    if (direction !== 'ingress' || source.kind !== 'prefix-list' || source.cidrs !== undefined) continue;
    counts.set(source.id, (counts.get(source.id) ?? 0) + 1);
  }
};

/** How a person gives the entries of a prefix list, by its id. */
export type WayToGive = (id: string) => string;

/** Each list as an error: the world may be among its entries, so "no findings" would not be true. */
export const unknownListErrors = (counts: UnknownLists, wayToGive: WayToGive): readonly string[] =>
  Array.from(
    counts,
    ([id, uses]) =>
      `${id}: ${counted(uses, 'inbound rule')} named by this prefix list cannot be judged: its entries are unknown; ${wayToGive(id)}`,
  );

/** Prefix lists whose entries nobody knows though inbound rules of these groups name them. */
export const unknownLists = (groups: readonly Group[], wayToGive: WayToGive): readonly string[] => {
  const counts: UnknownLists = new Map();
  for (const group of groups) countUnknownLists(group, counts);
  return unknownListErrors(counts, wayToGive);
};
