import { afterRestoreText } from '../../shared/domain/after-exemption.ts';
import type { CommandResult } from '../../shared/domain/requests/command.ts';
import type { FollowUp } from '../../shared/domain/requests/follow-up.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { formatRule } from '../../shared/network/text/format.ts';
import { moment } from '../../shared/network/text/moment.ts';
import { counted } from '../../shared/reports/lines.ts';
import { type Line, line, toned, under } from './lines.ts';

type Restored = Extract<CommandResult, { kind: 'restored' }>;

/** Rules that would not be granted, and the exemption that goes with those that were. */
const restOf = ({ refused, leave }: FollowUp): readonly Line[] => [
  ...(refused.length === 0 ? [] : [toned('bad', 'Not granted:')]),
  ...under(refused.map(({ rule, reason }) => `${formatRule(rule)}: ${reason}`)),
  ...(leave === undefined
    ? []
    : [
        line(
          `Exempt until ${moment(leave.until)}; owner ${leave.owner}${leave.ticket === undefined ? '' : `, ticket ${leave.ticket}`}.`,
        ),
      ]),
];

/** What a grant after a removal came to. */
export const followUpText = (followUp: FollowUp): readonly Line[] => [
  toned('strong', `${counted(followUp.granted.length, 'rule')} granted (${followUp.kind})`),
  ...under(followUp.granted.map(formatRule)),
  ...restOf(followUp),
];

/** Rules that stand because of a restore, and did not before. */
const grantedAnew = ({ followUp, standing }: Restored): readonly Rule[] =>
  followUp.granted.filter(({ id }) => id === undefined || !standing.includes(id));

/** Whether some of the rules were put back and others were not. */
export const isPartial = (result: Restored): boolean =>
  result.followUp.refused.length > 0 && grantedAnew(result).length > 0;

/** A rule that is put back gets another id. */
const withoutId = (rule: Rule): Rule => ({ ...rule, id: '' });

/** What a restore did, or would do; of rules that stood before it, only that they stand. */
export const restoredText = (result: Restored): readonly Line[] => {
  const { dryRun, followUp, standing, remarks, afterwards } = result;
  const granted = grantedAnew(result).map((rule) => (dryRun ? withoutId(rule) : rule));
  const verb = dryRun ? 'Would be restored' : 'Restored';
  return [
    ...(granted.length === 0
      ? [toned('strong', 'Nothing to restore.')]
      : [toned('good', `${verb}: ${counted(granted.length, 'rule')}`), ...under(granted.map(formatRule))]),
    ...(granted.length === 0 ? [] : restOf(followUp)),
    ...(granted.length === 0 || afterwards === undefined ? [] : [line(`${afterRestoreText(afterwards)}.`)]),
    ...(standing.length === 0 ? [] : [line(`Standing already: ${standing.join(', ')}.`)]),
    ...remarks.map((remark) => line(`Note: ${remark}.`)),
  ];
};
