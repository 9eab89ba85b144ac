import type { Listing } from '../../domain/notifications/message.ts';
import type { Rule } from '../../domain/rule.ts';
import { formatRule } from '../../network/text/format.ts';

/** Lines under a title; nothing where there are none. */
export const lined = (title: string, lines: readonly string[]): readonly Listing[] =>
  lines.length === 0 ? [] : [{ title, lines }];

/** Rules under a title; nothing where there are none. */
export const listed = (title: string, rules: readonly Rule[]): readonly Listing[] =>
  lined(title, rules.map(formatRule));

/** A listing with so many lines at the most, and the rest as a number. */
export const cut = ({ title, lines, omitted = 0 }: Listing, most: number): Required<Listing> => ({
  title,
  lines: lines.slice(0, most),
  omitted: omitted + Math.max(0, lines.length - most),
});

/** Counts what was cut, and says where all of it is: `… and 488 more; all of it is on record under 01j…`; nothing where all is shown. */
export const moreLines = (omitted: number, remediationId?: string): readonly string[] =>
  omitted > 0
    ? [`… and ${omitted} more${remediationId === undefined ? '' : `; all of it is on record under ${remediationId}`}`]
    : [];
