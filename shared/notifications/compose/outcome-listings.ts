import type { Outcome } from '../../domain/decision.ts';
import type { Listing } from '../../domain/notifications/message.ts';
import { listed } from './listing.ts';

/** Exactly which rules went, and which are still there. */
export const listingsOf = ({ plan, status, removed, alreadyGone, changed }: Outcome): readonly Listing[] => {
  const { rules } = plan.decision;
  const gone = new Set([...removed, ...alreadyGone, ...changed].map(({ id }) => id));
  return [
    ...listed('Removed', removed),
    ...listed('Gone before, by somebody else', alreadyGone),
    ...listed('Changed by somebody before they could be removed, and judged again as they are now', changed),
    ...(status === 'done'
      ? []
      : listed(
          'Open',
          rules.filter(({ id }) => !gone.has(id)),
        )),
  ];
};
