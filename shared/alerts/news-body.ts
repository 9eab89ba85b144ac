import { formatRule, plain } from '../exposure/format.ts';
import type { Entry } from '../model/ledger.ts';
import type { News } from '../model/news.ts';
import { remediationId } from '../model/remediation-id.ts';
import { digestLines } from './digest-text.ts';
import { exemptionLines } from './exemption-text.ts';
import { askedText, timeText } from './person.ts';
import { lined, listed } from './rules-text.ts';

type Told<W extends News['what']> = Extract<News, { what: W }>;

const where = ({ plan }: Entry): readonly string[] => {
  const { change, decision } = plan;
  const place = [`account ${change.account}`, change.region, decision.group.vpcId].filter(Boolean).join(', ');
  return [`Where: ${place}`, `Remediation: ${remediationId(plan)}`];
};

const granted = ({ entry, followUp }: Told<'granted'>): readonly string[] => {
  const { leave, refused } = followUp;
  const owner = leave === undefined ? '' : plain(leave.owner);
  return [
    ...where(entry),
    `By: ${askedText(followUp)}`,
    ...listed('Granted', followUp.granted),
    ...lined(
      'Not granted',
      refused.map(({ rule, reason }) => `${formatRule(rule)}: ${reason}`),
    ),
    ...(leave === undefined ? [] : [`Exempt until ${timeText(leave.until)}; ${owner} answers for it.`]),
  ];
};

const answered = ({ entry, answer }: Told<'answered'>): readonly string[] => {
  const { rules, remedy } = entry.plan.decision;
  const next =
    remedy === 'migrate'
      ? 'The migration begins.'
      : 'The group is looked at again, and what is to be closed is decided anew.';
  return [
    ...where(entry),
    `By: ${askedText(answer)}`,
    ...listed('Open', rules),
    answer.verdict === 'released' ? next : 'Its rules stay open.',
  ];
};

const tagsIgnored = ({ groupId, others, because, asked }: Told<'exemption-ignored'>): readonly string[] => [
  `Group: ${groupId}${others > 0 ? `, and ${others} more groups and rules by the same call` : ''}`,
  `Tagged by: ${askedText(asked)}`,
  `Why it does not count: ${plain(because)}`,
  'Nothing is exempt by it.',
];

const sweepHeld = ({ account, region, sweepShare }: Told<'sweep-held'>): readonly string[] => [
  `Where: account ${account}, ${region}`,
  `The policy lets a sweep close in ${Number((sweepShare * 100).toFixed(3))} % of its groups (budget.sweepShare). So nothing that was there before was removed, and nobody is told of each. To see them, and to let all of it go on, or one alone:`,
  '  portcullis remediations --held',
  '  portcullis resume --reason …',
  '  portcullis approve ID --reason …',
  'What changes bring is closed all the same.',
];

const stepped = ({
  what,
  entry,
  because,
}: Told<'migrated' | 'migration-stopped' | 'rolled-back'>): readonly string[] => [
  ...where(entry),
  ...lined(what === 'migration-stopped' ? 'Why' : 'Steps', because),
];

/** Everything below the headline of a news, one line each. */
export const newsBody = (news: News): readonly string[] => {
  switch (news.what) {
    case 'granted':
      return granted(news);
    case 'answered':
      return answered(news);
    case 'migrated':
    case 'migration-stopped':
    case 'rolled-back':
      return stepped(news);
    case 'exempted':
    case 'exemption-ended':
      return exemptionLines(news.exemption);
    case 'expiring':
      return [
        ...exemptionLines(news.exemption),
        'What it covers is judged like everything else from then on. To let it run on:',
        `  portcullis exempt renew ${news.exemption.id} --days DAYS --reason …`,
      ];
    case 'expired':
      return [...exemptionLines(news.exemption), 'What it covered is judged like everything else from now on.'];
    case 'exemption-ignored':
      return tagsIgnored(news);
    case 'budget-resumed':
      return [
        `By: ${askedText(news.asked)}`,
        'Each of their groups is looked at again, and what is to be closed is decided anew.',
      ];
    case 'digest':
      return digestLines(news.tally);
    case 'not-recorded':
      return [
        ...news.because,
        'Until then the rules of AWS Config tell what was true once, or nothing. Events and the sweep close all the same.',
      ];
    case 'sweep-held':
      return sweepHeld(news);
    default:
      return news satisfies never;
  }
};
