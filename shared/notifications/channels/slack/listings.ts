import type { Listing, Message } from '../../../domain/notifications/message.ts';
import { moreLines } from '../../compose/listing.ts';
import { fitLines } from '../../render/fit-lines.ts';
import { bold, own, paragraph, preformatted, richText } from './rich-text.ts';
import { type Block, oneLine, weigh } from './text.ts';

const MOST_LISTINGS = 4;

/** Of a title, of a line, and of the lines of a listing: what Slack takes as one text elsewhere, with room for the count of the rest. */
const MOST = { title: 80, line: 300, lines: 2800 } as const;

/** What a listing takes besides its lines: title, count of the rest, and the objects around them. */
const AROUND = 450;

const shownListing = ({ title, lines, omitted = 0 }: Listing, share: number, remediationId?: string): Block => {
  const room = { all: share, line: MOST.line, weigh };
  const fitted = fitLines(
    lines.map((line) => oneLine(line) || '–'),
    room,
  );
  const count = lines.length + omitted;
  return richText(
    paragraph([bold(title, MOST.title), ...(count > 1 ? [own(` (${count})`)] : [])]),
    preformatted([...fitted.lines, ...moreLines(fitted.left + omitted, remediationId)]),
  );
};

const unshown = (count: number): readonly Block[] =>
  count > 0 ? [richText(paragraph([own(`… and ${count} more ${count === 1 ? 'list' : 'lists'}`)]))] : [];

/**
 * Rules before and after, steps, counts: as many lists as can have a line each, as many lines as there is room for, and counts of the
 * rest. `room` is in weight.
 */
export const listings = ({ listings: all, remediationId }: Message, room: number): readonly Block[] => {
  const told = all.filter(({ lines }) => lines.length > 0);
  const shown = told.slice(0, Math.min(MOST_LISTINGS, Math.max(1, Math.floor(room / (AROUND + MOST.line)))));
  const share = Math.min(MOST.lines, Math.floor(room / Math.max(1, shown.length)) - AROUND);
  return [
    ...shown.map((listing) => shownListing(listing, share, remediationId)),
    ...unshown(told.length - shown.length),
  ];
};
