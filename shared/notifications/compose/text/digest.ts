import type { DigestItem, DigestLine, Standing, Tally } from '../../../domain/notifications/digest.ts';
import type { Listing } from '../../../domain/notifications/message.ts';
import { lined } from '../listing.ts';

const TITLES = {
  closing: 'To be closed, or held until somebody says so',
  open: 'Open, and told or asked',
  observed: 'Only observed: this is what would be closed or told',
} as const satisfies Record<Standing, string>;

const STANDINGS = ['closing', 'open', 'observed'] as const satisfies readonly Standing[];

/** `1 group`, `2 groups` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const ownedBy = ({ owner }: Pick<DigestLine, 'owner'>): string => (owner === undefined ? 'creator unknown' : owner);

const lineText = (line: DigestLine): string =>
  `${line.control}, ${ownedBy(line)}: ${counted(line.groups, 'group')}${line.rules > 0 ? `, ${counted(line.rules, 'rule')}` : ''}`;

const itemText = (item: DigestItem): string =>
  `${item.severity}: ${item.groupId} (${item.groupName}), ${item.region}: ${item.control}, ${ownedBy(item)}`;

const bySize = (a: DigestLine, b: DigestLine): number => b.groups - a.groups || b.rules - a.rules;

const inStanding = ({ lines }: Tally, standing: Standing): readonly DigestLine[] =>
  lines.filter((line) => line.standing === standing).toSorted(bySize);

const sumOf = (tally: Tally, standing: Standing): number =>
  inStanding(tally, standing).reduce((sum, { groups }) => sum + groups, 0);

/** `Daily digest: 3 findings open, 12 only observed, in 480 groups` */
export const digestHeadline = (tally: Tally): string => {
  const open = sumOf(tally, 'open') + sumOf(tally, 'closing');
  return `Daily digest: ${counted(open, 'finding')} open, ${sumOf(tally, 'observed')} only observed, in ${counted(tally.groups, 'group')}`;
};

/** What is open and what would be closed, by control and owner, and the worst of it. */
export const digestListings = (tally: Tally): readonly Listing[] => [
  ...STANDINGS.flatMap((standing) => lined(TITLES[standing], inStanding(tally, standing).map(lineText))),
  ...lined('The worst', tally.worst.map(itemText)),
];
