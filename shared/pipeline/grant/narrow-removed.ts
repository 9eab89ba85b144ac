import { narrow } from '../../remedies/narrow.ts';
import { accept } from './accept.ts';
import { onItsOwn } from './asked.ts';
import type { GrantCell } from './cell.ts';
import type { Removal } from './follow.ts';
import type { Gift } from './give.ts';
import { presentEntries } from './lists.ts';
import { splitUp } from './split-up.ts';

/** What may stand in place of what was removed, by the policy's word. Undefined where nothing is to be narrowed. */
export const narrowRemoved = async (
  { entry, outcome, found }: Removal,
  cell: GrantCell,
): Promise<Omit<Gift, 'kind' | 'entry' | 'group'> | undefined> => {
  const { decision, change } = entry.plan;
  const { controls, trusted } = cell.policy;
  if (decision.remedy !== 'narrow') return undefined;
  const { removed } = outcome;
  const ways = new Set(decision.because.map(({ control }) => controls[control]?.narrowTo));
  const lists = await presentEntries(ways.has('trusted') ? trusted.prefixListIds : [], change.region, cell);
  const { vpcCidrs } = found.sighting.facts;
  const { because } = decision;
  const offered = narrow({ removed, because, change, controls, trusted, lists, vpcCidrs });
  if (offered.offers.length === 0 && offered.refused.length === 0) return undefined;
  const split = splitUp(offered.offers, found, cell.policy);
  const { accepted, refused } = accept(split.rules, found, cell.policy);
  const asked = onItsOwn(`narrowed to ${[...ways].join(', ')}, as the policy says`, cell.ports.clock);
  return { ...asked, rules: accepted, refused: [...offered.refused, ...split.refused, ...refused] };
};
