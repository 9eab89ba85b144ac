import { formatRule } from '../exposure/format.ts';
import type { Outcome } from '../model/decision.ts';
import type { Listing } from '../model/message.ts';
import type { Rule } from '../model/rule.ts';
import { lined, listed } from './listing.ts';

/** A rule that changed between look and act: as it was judged, and as it was when it went. */
const driftText = (rules: readonly Rule[], went: Rule): string => {
  const judged = rules.find(({ id }) => id === went.id);
  return judged === undefined ? formatRule(went) : `${formatRule(judged)} → ${formatRule(went)}`;
};

/** Exactly which rules went, and which are still there. */
export const listingsOf = ({ plan, status, removed, alreadyGone, drifted }: Outcome): readonly Listing[] => {
  const { rules } = plan.decision;
  const gone = new Set([...removed, ...alreadyGone].map(({ id }) => id));
  return [
    ...listed(
      'Removed',
      removed.filter(({ id }) => !drifted.some((rule) => rule.id === id)),
    ),
    ...lined(
      'Removed, though somebody had changed it in the meantime (as judged → as removed)',
      drifted.map((rule) => driftText(rules, rule)),
    ),
    ...listed('Gone before, by somebody else', alreadyGone),
    ...(status === 'done'
      ? []
      : listed(
          'Open',
          rules.filter(({ id }) => !gone.has(id)),
        )),
  ];
};
