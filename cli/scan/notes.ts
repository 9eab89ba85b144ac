import { counted } from '../../shared/reports/lines.ts';
import type { Judged } from '../../shared/reports/records.ts';
import type { Scanned } from './sources.ts';

/** What the input cannot tell, where it bears on the verdicts. */
export const notesOn = ({ sightings, knowsInterfaces }: Scanned, judged: readonly Judged[]): readonly string[] => {
  const nameless = sightings.filter(({ group }) => group.name === '').length;
  const aboutUse = judged.some(({ finding }) => finding.control === 'default-group-rules');
  return [
    ...(nameless === 0
      ? []
      : [
          `${counted(nameless, 'group')} without a name in the input (DescribeSecurityGroupRules has none): default groups and groups of AWS services cannot be told.`,
        ]),
    ...(aboutUse && !knowsInterfaces
      ? [
          'the input does not say which groups are in use (NetworkInterfaces): a default group in use is alerted on, never stripped.',
        ]
      : []),
  ];
};
