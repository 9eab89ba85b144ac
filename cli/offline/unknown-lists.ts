import type { Group } from '../../shared/model/group.ts';
import { counted } from '../../shared/reports/lines.ts';

/**
 * Prefix lists whose entries nobody knows though inbound rules name them, each as an error: the world may stand in them, so "no
 * findings" would not be true.
 */
export const unknownLists = (groups: readonly Group[]): readonly string[] => {
  const named = groups.flatMap(({ rules }) =>
    rules.flatMap(({ direction, source }) =>
      direction === 'ingress' && source.kind === 'prefix-list' && source.cidrs === undefined ? [source.id] : [],
    ),
  );
  return Array.from(
    Map.groupBy(named, (id) => id),
    ([id, uses]) =>
      `${id}: ${counted(uses.length, 'inbound rule')} named by this prefix list cannot be judged: its entries are unknown (PrefixLists gives them; see --help)`,
  );
};
