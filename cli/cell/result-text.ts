import { afterExemptionText } from '../../shared/domain/after-exemption.ts';
import type { CommandResult } from '../../shared/domain/requests/command.ts';
import { moment } from '../../shared/network/text/moment.ts';
import { counted } from '../../shared/reports/lines.ts';
import { exemptionDetails, exemptionsText } from './exemption-text.ts';
import { type Line, line, toned, under } from './lines.ts';
import { remediationsText } from './remediations-text.ts';
import { followUpText, restoredText } from './restored-text.ts';

type Result<K extends CommandResult['kind']> = Extract<CommandResult, { kind: K }>;

const NEXT = {
  released: 'It is looked at again now: what has not changed since is closed. portcullis remediations tells.',
  declined: 'It stays as it is.',
} as const;

const SAID = { released: 'approved', declined: 'declined' } as const;

const answeredText = ({ verdict, first, by, at }: Result<'answered'>): readonly Line[] =>
  first
    ? [toned('good', `${verdict === 'released' ? 'Approved' : 'Declined'} by ${by.name}.`), line(NEXT[verdict])]
    : [toned('warning', `It was ${SAID[verdict]} by ${by.name} on ${moment(at)}: the first answer stands.`)];

const HEADS = { exempted: 'Exempt', renewed: 'Renewed', ended: 'Revoked' } as const;

const afterText = ({ kind, exemption, afterwards }: Result<'exempted' | 'renewed' | 'ended'>): string =>
  kind === 'ended' && exemption.scope.groupId === undefined
    ? 'Every group is judged again at the next sweep.'
    : afterExemptionText(afterwards, kind === 'ended' ? 'has ended' : 'ends');

const exemptedText = (result: Result<'exempted' | 'renewed' | 'ended'>): readonly Line[] => [
  toned('good', `${HEADS[result.kind]}: ${result.exemption.id}`),
  ...exemptionDetails(result.exemption),
  line(afterText(result)),
];

const migratedText = ({ replacement, steps, open, remarks }: Result<'migrated'>): readonly Line[] => [
  toned(
    open.length === 0 ? 'good' : 'warning',
    replacement === undefined ? 'Nothing used the default group.' : `${replacement} stands in for the default group.`,
  ),
  ...under(steps),
  ...(open.length === 0
    ? [line('It is looked at again now, to be stripped.')]
    : [toned('warning', 'Still in the way:'), ...under(open)]),
  ...remarks.map((remark) => line(`Note: ${remark}.`)),
];

const acknowledgedText = ({
  first,
  by,
  at,
}: Extract<CommandResult, { readonly kind: 'acknowledged' }>): readonly Line[] => [
  first
    ? toned('good', `Acknowledged by ${by.name}.`)
    : toned('warning', `It was acknowledged by ${by.name} on ${moment(at)}.`),
];

type OfCanary = Extract<CommandResult, { readonly kind: `canary-${string}` }>;

const isOfCanary = (result: CommandResult): result is OfCanary => result.kind.startsWith('canary-');

const canaryText = (result: OfCanary): readonly Line[] => {
  switch (result.kind) {
    case 'canary-put':
      return [toned('good', `The canary's marker is in ${result.groupId}.`)];
    case 'canary-stands':
      return [toned('warning', `The canary's last marker still stands in ${result.groupId}.`)];
    case 'canary-skipped':
      return [toned('warning', 'No marker was put:'), ...under(result.because)];
    default:
      return result satisfies never;
  }
};

/** What came of a command, for people; a refusal is said elsewhere, as errors are. */
export const resultText = (result: Exclude<CommandResult, { kind: 'refused' }>): readonly Line[] => {
  if (isOfCanary(result)) return canaryText(result);
  switch (result.kind) {
    case 'restored':
      return restoredText(result);
    case 'answered':
      return answeredText(result);
    case 'exempted':
    case 'renewed':
    case 'ended':
      return exemptedText(result);
    case 'left-open':
      return result.exemptions.flatMap((exemption) => exemptedText({ ...result, kind: 'exempted', exemption }));
    case 'acknowledged':
      return acknowledgedText(result);
    case 'resumed':
      return [
        toned('good', 'The budget starts anew.'),
        line(`${counted(result.released, 'held remediation')} looked at again.`),
      ];
    case 'migrated':
      return migratedText(result);
    case 'rolled-back':
      return [toned('good', 'Rolled back.'), ...under(result.steps)];
    case 'remediations':
      return remediationsText(result.lines);
    case 'exemptions':
      return exemptionsText(result.exemptions);
    case 'followed':
      return result.followUps.flatMap(followUpText);
    default:
      return result satisfies never;
  }
};
