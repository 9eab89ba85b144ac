import { type Need, TOLD_FACTS } from '../../domain/controls/facts.ts';
import { Unfinished } from '../../domain/errors.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Sighting } from '../../domain/ports.ts';
import { exemptionsAt } from '../../policy/exempt.ts';
import { neededFacts } from '../../remediation/decide/enabled.ts';
import type { GrantCell } from './cell.ts';

/** A group as it is now, with the exemptions that hold for it. */
export interface Present {
  readonly sighting: Sighting;
  readonly exemptions: readonly Exemption[];
}

/** Where a group is. */
export interface Place {
  readonly groupId: string;
  readonly region: string;
}

/**
 * Looks at a group before something is granted in it. Undefined where it is gone.
 *
 * @param more facts that are needed besides those that controls judge new rules by.
 * @throws CallFailed; Unfinished where a fact could not be read: on a guess nothing is granted.
 */
export const present = async (
  { groupId, region }: Place,
  { policy, ports }: GrantCell,
  more: readonly Need[] = [],
): Promise<Present | undefined> => {
  const needs = neededFacts(policy, 'rules-added').difference(new Set(TOLD_FACTS)).union(new Set(more));
  const [sight, leaves] = await Promise.all([
    ports.region(region).groups.look({ by: 'group-id', ids: [groupId] }, needs),
    ports.exemptions.live([groupId]),
  ]);
  if (sight.unread.length > 0) throw new Unfinished(sight.unread);
  const [sighting] = sight.sightings;
  const now = ports.clock.now();
  const exemptions = exemptionsAt(now, policy, leaves);
  return sighting && { sighting, exemptions };
};
