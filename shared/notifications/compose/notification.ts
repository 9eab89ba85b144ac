import { type Exemption, isForEveryGroup } from '../../domain/exemption.ts';
import { worstSeverity } from '../../domain/finding.ts';
import type { Rule } from '../../domain/group.ts';
import type { LedgerEntry, PostRemovalGrant } from '../../domain/ledger.ts';
import { MESSAGE_KINDS, type Message } from '../../domain/message.ts';
import type { Notification } from '../../domain/notification.ts';
import {
  accountAliasOf,
  consoleLinks,
  groupLinks,
  groupThread,
  type MessageContext,
  reasonsOf,
  subjectOfPlan,
} from './context.ts';
import { accountText, type Fact, fact, planLocationFacts } from './facts.ts';
import { notificationKind } from './message.ts';
import { notificationDetails, scopeText } from './notification-details.ts';
import { openingText } from './opening.ts';
import { sanitize } from './sanitize.ts';
import { burstHeadline, digestHeadline } from './summaries.ts';
import { groupText } from './text.ts';

/** The message about a notification. */
export function notificationMessage(notification: Notification, context: MessageContext): Message {
  const { facts, ...told } = notificationDetails(notification);
  const { facts: location, ...known } = subjectOf(notification, context);
  return sanitize({
    ...known,
    id: notification.id,
    kind: notificationKind(notification),
    urgency: urgencyOf(notification),
    severity: severityOf(notification),
    at: context.now,
    headline: notificationHeadline(notification),
    facts: [...(facts ?? []), ...location],
    listings: [],
    remarks: [],
    ways: [],
    ...told,
    actions: [],
  });
}

function subjectOf(notification: Notification, context: MessageContext): NotificationSubject {
  if ('entry' in notification) {
    const { plan } = notification.entry;
    const facts = planLocationFacts(plan, context);
    return { ...subjectOfPlan(plan, context), reasons: reasonsOf(plan.decision.findings, context), facts };
  }
  if ('exemption' in notification) return subjectOfExemption(notification.exemption, context);
  if ('groupId' in notification) return subjectOfRegion(context, notification.groupId, context);
  if ('region' in notification) return subjectOfRegion(notification, undefined, context);
  return subjectOfAccount('account' in notification ? notification.account : context.account, context);
}

/** Verbs for granted rules. */
const GRANTED_VERBS = {
  restore: 'Restored',
  narrow: 'Granted something narrower:',
  revert: 'Reverted:',
} as const satisfies Record<PostRemovalGrant['kind'], string>;

/** Verbs if nothing was granted. */
const NOT_GRANTED_VERBS = {
  restore: 'Not restored:',
  narrow: 'Nothing narrower granted:',
  revert: 'Not reverted:',
} as const satisfies Record<PostRemovalGrant['kind'], string>;

const NOTIFICATION_VERBS = {
  migrated: 'Migrated',
  'migration-stopped': 'Migration stopped',
  'rolled-back': 'Rolled back',
  exempted: 'Exempted',
  expiring: 'Exemption runs out within a day',
  expired: 'Exemption has run out',
  'exemption-ended': 'Exemption ended',
} as const;

/** Whether the person who opened a rule had it restored, exempted or left open. */
function isByOpener(notification: Notification): boolean {
  if (notification.what === 'granted') return notification.followUp.ownChange === true;
  if (notification.what === 'answered') return notification.answer.ownChange === true;
  return (
    notification.what === 'exempted' &&
    (notification.exemption.renewed?.at(-1) ?? notification.exemption).ownChange === true
  );
}

const BY_OPENER_SUFFIX = ' by the person who opened it:';

function resumedPlansText(plans: number): string {
  return plans === 1 ? '1 held plan goes on' : `${plans} held plans go on`;
}

function onGroup(verb: string, { plan }: LedgerEntry, rules: readonly Rule[]): string {
  const { findings, group } = plan.decision;
  return rules.length === 0
    ? `${verb} ${groupText(group)}`
    : `${verb} ${openingText(rules, rules === plan.decision.rules ? findings : [], group.id)} on ${groupText(group)}`;
}

function grantHeadline(entry: LedgerEntry, { kind, granted, refused, ownChange }: PostRemovalGrant): string {
  return granted.length > 0
    ? onGroup(ownChange ? GRANTED_VERBS[kind] + BY_OPENER_SUFFIX : GRANTED_VERBS[kind], entry, granted)
    : onGroup(
        NOT_GRANTED_VERBS[kind],
        entry,
        refused.map(({ rule }) => rule),
      );
}

function exemptionHeadline(notification: Extract<Notification, { readonly exemption: unknown }>): string {
  const verb = isByOpener(notification)
    ? NOTIFICATION_VERBS[notification.what] + BY_OPENER_SUFFIX
    : `${NOTIFICATION_VERBS[notification.what]}:`;
  return `${verb} ${scopeText(notification.exemption.scope)}`;
}

function answerVerb(notification: Extract<Notification, { what: 'answered' }>): string {
  if (notification.answer.verdict === 'released') return 'Released:';
  return isByOpener(notification) ? 'Declined by the person who opened it, stays open:' : 'Declined, stays open:';
}

/** The first line of a notification: verb, ports and group. */
function notificationHeadline(notification: Notification): string {
  if ('exemption' in notification) return exemptionHeadline(notification);
  switch (notification.what) {
    case 'granted':
      return grantHeadline(notification.entry, notification.followUp);
    case 'answered':
      return onGroup(answerVerb(notification), notification.entry, notification.entry.plan.decision.rules);
    case 'acknowledged':
      return onGroup(
        `Acknowledged by ${notification.asked.by.name}:`,
        notification.entry,
        notification.entry.plan.decision.rules,
      );
    case 'migrated':
    case 'migration-stopped':
    case 'rolled-back':
      return `${NOTIFICATION_VERBS[notification.what]}: ${groupText(notification.entry.plan.decision.group)}`;
    case 'exemption-ignored':
      return `Exemption tags ignored: ${notification.groupId}`;
    case 'budget-resumed':
      return `Budget resumed: ${resumedPlansText(notification.released)}`;
    case 'digest':
      return digestHeadline(notification.tally);
    case 'not-recorded':
      return `AWS Config does not record security groups as it should: account ${notification.account}, ${notification.region}`;
    case 'sweep-held':
      return `NOT CLOSED, too much at once: a sweep of ${notification.region} found rules to close in ${notification.closing} of ${notification.groups} groups`;
    case 'storm':
      return burstHeadline(notification.gists);
    default:
      return notification satisfies never;
  }
}

/** Notifications that need more attention than the success of a request. */
const MEDIUM_SEVERITY: ReadonlySet<Notification['what']> = new Set([
  'expiring',
  'expired',
  'migration-stopped',
  'exemption-ignored',
  'not-recorded',
  'sweep-held',
]);

/**
 * Whether somebody should check a request at once: it exempts every group, or the person who opened a rule
 * decided alone.
 */
function isAlarming(notification: Notification): boolean {
  return (
    isByOpener(notification) || (notification.what === 'exempted' && isForEveryGroup(notification.exemption.scope))
  );
}

function severityOf(notification: Notification): Message['severity'] {
  if (notification.what === 'storm') return worstSeverity(notification.gists);
  if (isAlarming(notification)) return 'high';
  return MEDIUM_SEVERITY.has(notification.what) ? 'medium' : 'low';
}

type NotificationSubject = Pick<Message, 'thread' | 'account' | 'region' | 'controls' | 'links' | 'reasons' | 'facts'> &
  Partial<Message>;

function locationFacts(account: string, region: string, context: MessageContext): readonly Fact[] {
  return [...fact('Account', accountText(account, context)), ...fact('Region', region)];
}

/** A group of which only the id is known, or without an id the whole region. */
function subjectOfRegion(
  { account, region }: Pick<MessageContext, 'account' | 'region'>,
  groupId: string | undefined,
  context: MessageContext,
): NotificationSubject {
  return {
    thread: groupId === undefined ? account : groupThread(account, region, groupId),
    account,
    ...accountAliasOf(account, context),
    region,
    controls: [],
    links: groupId === undefined ? [] : groupLinks(region, groupId, consoleLinks(context)),
    reasons: [],
    facts: locationFacts(account, region, context),
  };
}

/** An account with all its regions. */
function subjectOfAccount(account: string, context: MessageContext): NotificationSubject {
  return {
    ...subjectOfRegion({ account, region: context.region }, undefined, context),
    facts: fact('Account', accountText(account, context)),
  };
}

/** An exemption in the ledger has a location. An exemption in the policy file applies to the account. */
function subjectOfExemption({ scope, place }: Exemption, context: MessageContext): NotificationSubject {
  return {
    ...(place === undefined
      ? subjectOfAccount(context.account, context)
      : subjectOfRegion(place, scope.groupId, context)),
    controls: scope.control === undefined ? [] : [scope.control],
  };
}

/** A burst calls people if one of its outcomes needs a person. */
function urgencyOf(notification: Notification): Message['urgency'] {
  const isCalling =
    notification.what === 'storm' &&
    notification.gists.some(({ status }) => status !== 'done' && status !== 'reported');
  return isCalling || isAlarming(notification) ? 'call' : MESSAGE_KINDS[notificationKind(notification)].urgency;
}
