import type { Change } from '../../domain/change.ts';
import type { NarrowTo } from '../../domain/controls/options.ts';
import { onItsOwn } from '../../remediation/asked.ts';
import { narrow } from '../../remediation/remedies/narrow.ts';
import { accept } from '../common/accept.ts';
import type { GrantCell } from '../common/cell.ts';
import type { Gift } from '../common/give.ts';
import { presentEntries } from '../common/lists.ts';
import { prove } from '../common/prove.ts';
import type { Removal } from '../common/removal.ts';
import { splitUp } from './split-up.ts';

/**
 * The change to narrow by. The address of whoever made it is let in by `narrowTo: actor` alone, and then only as CloudTrail has it: an event
 * could name any. Undefined while CloudTrail is still to confirm it.
 */
const changeToNarrowBy = async (
  { entry }: Removal,
  ways: ReadonlySet<NarrowTo | undefined>,
  cell: GrantCell,
): Promise<Pick<Change, 'actor' | 'brought'> | undefined> => {
  const { change } = entry.plan;
  if (!ways.has('actor')) return change;
  const proof = await prove(entry, cell);
  switch (proof.kind) {
    case 'waits':
      return undefined;
    case 'unproven':
      return { brought: change.brought };
    case 'proven':
      return proof.change;
    default:
      return proof satisfies never;
  }
};

/**
 * What may stand in place of what was removed, by the policy's word. Undefined where nothing is to be narrowed, or where CloudTrail is still
 * to confirm who made the change.
 */
export const narrowRemoved = async (
  removal: Removal,
  cell: GrantCell,
): Promise<Omit<Gift, 'kind' | 'entry' | 'group'> | undefined> => {
  const { entry, outcome, found } = removal;
  const { decision } = entry.plan;
  const { controls, trusted } = cell.policy;
  if (decision.remedy !== 'narrow') return undefined;
  const { removed } = outcome;
  const ways = new Set(decision.because.map(({ control }) => controls[control]?.narrowTo));
  const change = await changeToNarrowBy(removal, ways, cell);
  if (change === undefined) return undefined;
  const lists = await presentEntries(ways.has('trusted') ? trusted.prefixListIds : [], entry.plan.change.region, cell);
  const { vpcCidrs } = found.sighting.facts;
  const { because } = decision;
  const offered = narrow({ removed, because, change, controls, trusted, lists, vpcCidrs });
  if (offered.offers.length === 0 && offered.refused.length === 0) return undefined;
  const split = splitUp(offered.offers, found, cell.policy);
  const { accepted, refused } = accept(split.rules, found, cell.policy);
  const asked = onItsOwn(`narrowed to ${[...ways].join(', ')}, as the policy says`, cell.ports.clock);
  return { ...asked, rules: accepted, refused: [...offered.refused, ...split.refused, ...refused] };
};
