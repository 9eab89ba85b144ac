import type { Entry } from '../../../domain/ledger.ts';
import type { Listing } from '../../../domain/notifications/message.ts';
import type { FollowUp } from '../../../domain/requests/follow-up.ts';
import { formatRule } from '../../../network/text/format.ts';
import { lined, listed } from '../listing.ts';
import { timeText } from '../person.ts';

/** What was removed, what stands now in its place, and what was refused. */
export const grantListings = ({ outcome }: Entry, { granted, refused }: FollowUp): readonly Listing[] => [
  ...listed('Before, as it was removed', outcome?.removed ?? []),
  ...listed('After, as it stands now', granted),
  ...lined(
    'Not granted',
    refused.map(({ rule, reason }) => `${formatRule(rule)}: ${reason}`),
  ),
];

/** Until when it is exempt, where an exemption was granted with it. */
export const leaveRemarks = ({ leave }: FollowUp): readonly string[] =>
  leave === undefined
    ? []
    : [`Exempt until ${timeText(leave.until)}; ${leave.owner} answers for it. Then the rule counts as new.`];
