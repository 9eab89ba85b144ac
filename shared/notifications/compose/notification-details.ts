import { remediationId } from '../../domain/decision.ts';
import { afterExemptionText, type Exemption, type ExemptionScope, isForEveryGroup } from '../../domain/exemption.ts';
import type { LedgerEntry, PostRemovalGrant } from '../../domain/ledger.ts';
import type { Listing, Message } from '../../domain/message.ts';
import type { Notification } from '../../domain/notification.ts';
import { formatContent, formatPorts, formatRule } from '../../network/format.ts';
import { type Fact, fact } from './facts.ts';
import { burstListings, countText, digestListings } from './summaries.ts';
import { requestText, ruleListing, textListing, timeText } from './text.ts';

/** The parts of a notification below its headline, without the location. */
export type NotificationDetails = Partial<Pick<Message, 'listings' | 'remarks' | 'ways'>> & {
  readonly facts?: readonly Fact[];
};

type NotificationOf<W extends Notification['what']> = Extract<Notification, { what: W }>;

/** The parts of a notification below its headline, without the location. */
export function notificationDetails(notification: Notification): NotificationDetails {
  if ('exemption' in notification) return exemptionDetails(notification);
  switch (notification.what) {
    case 'granted':
      return grantedDetails(notification);
    case 'answered':
      return answeredDetails(notification);
    case 'acknowledged':
      return acknowledgedDetails(notification);
    case 'migrated':
    case 'migration-stopped':
    case 'rolled-back':
      return migrationDetails(notification);
    case 'exemption-ignored':
      return ignoredTagsDetails(notification);
    case 'budget-resumed':
      return {
        facts: fact('By', requestText(notification.asked)),
        remarks: ['Each of their groups is looked at again, and what is to be closed is decided anew.'],
      };
    case 'digest':
      return {
        listings: digestListings(notification.tally),
        remarks: [
          'Judged by the rules alone, as the sweep has read them: what takes more than that, such as whether anything uses a group, is not in it.',
        ],
        ways: [{ label: 'See all of it', command: 'portcullis scan' }],
      };
    case 'not-recorded':
      return notRecordedDetails(notification);
    case 'sweep-held':
      return sweepHeldDetails(notification);
    case 'storm':
      return burstDetails(notification);
    default:
      return notification satisfies never;
  }
}

function portsText({ tcp, udp }: NonNullable<ExemptionScope['ports']>): string {
  return [tcp.length > 0 && `tcp ${formatPorts(tcp)}`, udp.length > 0 && `udp ${formatPorts(udp)}`]
    .filter(Boolean)
    .join(', ');
}

/** The scope of an exemption. All parts apply together. */
export function scopeText(scope: ExemptionScope): string {
  const { groupId, groupName, content, ports, control } = scope;
  return [
    isForEveryGroup(scope) && 'every group',
    groupId && `group ${groupId}`,
    groupName && `groups named ${groupName}`,
    content && `the rule ${formatContent(content)}`,
    ports && `ports ${portsText(ports)}`,
    control && `control ${control}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** Scope, requester, owner and end of an exemption. */
function exemptionFacts(exemption: Exemption): readonly Fact[] {
  const { scope, owner, ticket, until, renewed = [], ended } = exemption;
  return [
    ...fact('About', scopeText(scope)),
    ...fact('Asked by', requestText(exemption)),
    ...fact('Owner', owner),
    ...fact('Ticket', ticket),
    ...renewed.flatMap((one) => fact('Renewed by', requestText(one))),
    ...fact('Until', timeText(until)),
    ...fact('Ended by', ended && requestText(ended)),
  ];
}

/** The removed rules, the granted rules, and the rules that were not granted. */
function grantListings({ outcome }: LedgerEntry, { granted, refused }: PostRemovalGrant): readonly Listing[] {
  return [
    ...ruleListing('Before, as it was removed', outcome?.removed ?? []),
    ...ruleListing('After, as it stands now', granted),
    ...textListing(
      'Not granted',
      refused.map(({ rule, reason }) => `${formatRule(rule)}: ${reason}`),
    ),
  ];
}

/** The end of an exemption that was granted with a restore. */
function restoredExemptionRemarks({ exemption }: PostRemovalGrant): readonly string[] {
  return exemption === undefined
    ? []
    : [`Exempt until ${timeText(exemption.until)}; ${exemption.owner} answers for it. Then the rule counts as new.`];
}

function grantedDetails({ entry, followUp }: NotificationOf<'granted'>): NotificationDetails {
  return {
    facts: fact('By', requestText(followUp)),
    listings: grantListings(entry, followUp),
    remarks: restoredExemptionRemarks(followUp),
  };
}

function answeredDetails({ entry, answer }: NotificationOf<'answered'>): NotificationDetails {
  const { rules, remedy } = entry.plan.decision;
  const next =
    remedy === 'migrate'
      ? 'The migration begins.'
      : 'The group is looked at again, and what is to be closed is decided anew.';
  return {
    facts: fact('By', requestText(answer)),
    listings: ruleListing('Open', rules),
    remarks: [answer.verdict === 'released' ? next : 'Its rules stay open.'],
  };
}

function acknowledgedDetails({ entry, asked }: NotificationOf<'acknowledged'>): NotificationDetails {
  return {
    facts: fact('By', requestText(asked)),
    listings: ruleListing('It is about', entry.plan.decision.rules),
    remarks: ['Somebody is at it; nothing has changed by that.'],
  };
}

function migrationDetails({
  what,
  entry,
  because,
}: NotificationOf<'migrated' | 'migration-stopped' | 'rolled-back'>): NotificationDetails {
  return {
    listings: textListing(what === 'migration-stopped' ? 'What stopped it' : 'Steps', because),
    ways:
      what === 'migrated'
        ? [{ label: 'Take it back', command: `portcullis roll-back ${remediationId(entry.plan)} --reason …` }]
        : [],
  };
}

function exemptionDetails({
  what,
  exemption,
  afterwards,
  others = 0,
}: NotificationOf<'exempted' | 'expiring' | 'expired' | 'exemption-ended'>): NotificationDetails {
  const facts = [
    ...exemptionFacts(exemption),
    ...fact(
      'Besides',
      others > 0 ? `${countText(others, 'other rule')} of the same remediation, the same way` : undefined,
    ),
  ];
  switch (what) {
    case 'exempted':
      return {
        facts,
        remarks: [afterExemptionText(afterwards, 'ends')],
        ways: [{ label: 'End it', command: `portcullis exempt revoke ${exemption.id} --reason …` }],
      };
    case 'expiring':
      return {
        facts,
        remarks: [afterExemptionText(afterwards, 'ends')],
        ways: [{ label: 'Let it run on', command: `portcullis exempt renew ${exemption.id} --days DAYS --reason …` }],
      };
    case 'expired':
    case 'exemption-ended':
      return { facts, remarks: [afterExemptionText(afterwards, 'has ended')] };
    default:
      return what satisfies never;
  }
}

function ignoredTagsDetails({
  groupId,
  others,
  because,
  asked,
}: NotificationOf<'exemption-ignored'>): NotificationDetails {
  return {
    facts: [
      ...fact('Group', `${groupId}${others > 0 ? `, and ${others} more groups and rules by the same call` : ''}`),
      ...fact('Tagged by', requestText(asked)),
      ...fact('Why it does not count', because),
    ],
    remarks: ['Nothing is exempt by it.'],
  };
}

function sweepHeldDetails({ sweepShare }: NotificationOf<'sweep-held'>): NotificationDetails {
  return {
    remarks: [
      `The policy lets a sweep close in ${Number((sweepShare * 100).toFixed(3))} % of its groups (budget.sweepShare). So nothing that was there before was removed, and nobody is told of each.`,
      'What changes bring is closed all the same.',
    ],
    ways: [
      { label: 'See them', command: 'portcullis remediations --held' },
      { label: 'Let all of it go on', command: 'portcullis resume --reason …' },
      { label: 'Let one go on', command: 'portcullis approve ID --reason …' },
    ],
  };
}

function notRecordedDetails({ because }: NotificationOf<'not-recorded'>): NotificationDetails {
  return {
    listings: textListing('What is wrong', because),
    remarks: [
      'Until then the rules of AWS Config tell what was true once, or nothing. Events and the sweep close all the same.',
    ],
    ways: [{ label: 'See whether it is put right', command: 'portcullis preflight' }],
  };
}

function burstDetails({ from, until, gists }: NotificationOf<'storm'>): NotificationDetails {
  return {
    facts: [...fact('From', timeText(from)), ...fact('Until', timeText(until))],
    listings: burstListings(gists),
    remarks: ['Each is on record; those of critical severity were told one by one.'],
    ways: [{ label: 'See all of them', command: 'portcullis remediations --most 500' }],
  };
}
