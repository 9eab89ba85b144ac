import { type Exemption, isForEveryGroup } from '../../domain/exemption.ts';
import { worstSeverity } from '../../domain/finding.ts';
import type { Rule } from '../../domain/group.ts';
import type { LedgerEntry, PostRemovalGrant } from '../../domain/ledger.ts';
import { MESSAGE_KINDS, type Message } from '../../domain/message.ts';
import type { Notification } from '../../domain/notification.ts';
import { announcementDetails, scopeText } from './announcement-details.ts';
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
import { announcementKind } from './message.ts';
import { openingText } from './opening.ts';
import { sanitize } from './sanitize.ts';
import { burstHeadline, digestHeadline } from './summaries.ts';
import { groupText } from './text.ts';

/** What was granted, in one word. */
const GRANTED_VERBS = {
  restore: 'Restored',
  narrow: 'Granted something narrower:',
  revert: 'Reverted:',
} as const satisfies Record<PostRemovalGrant['kind'], string>;

/** The same where nothing was granted. */
const NOT_GRANTED_VERBS = {
  restore: 'Not restored:',
  narrow: 'Nothing narrower granted:',
  revert: 'Not reverted:',
} as const satisfies Record<PostRemovalGrant['kind'], string>;

const ANNOUNCEMENT_VERBS = {
  migrated: 'Migrated',
  'migration-stopped': 'Migration stopped',
  'rolled-back': 'Rolled back',
  exempted: 'Exempted',
  expiring: 'Exemption runs out within a day',
  expired: 'Exemption has run out',
  'exemption-ended': 'Exemption ended',
} as const;

/** Whether the person who opened a rule had it opened again, exempted, or left open. */
function isByOpener(news: Notification): boolean {
  if (news.what === 'granted') return news.followUp.ownChange === true;
  if (news.what === 'answered') return news.answer.ownChange === true;
  return news.what === 'exempted' && (news.exemption.renewed?.at(-1) ?? news.exemption).ownChange === true;
}

const BY_OPENER_SUFFIX = ' by the person who opened it:';

function resumedPlansText(plans: number): string {
  return plans === 1 ? '1 held plan goes on' : `${plans} held plans go on`;
}

function onGroup(verb: string, { plan }: LedgerEntry, rules: readonly Rule[]): string {
  const { findings: because, group } = plan.decision;
  return rules.length === 0
    ? `${verb} ${groupText(group)}`
    : `${verb} ${openingText(rules, rules === plan.decision.rules ? because : [], group.id)} on ${groupText(group)}`;
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

function exemptionHeadline(news: Extract<Notification, { readonly exemption: unknown }>): string {
  const verb = isByOpener(news)
    ? ANNOUNCEMENT_VERBS[news.what] + BY_OPENER_SUFFIX
    : `${ANNOUNCEMENT_VERBS[news.what]}:`;
  return `${verb} ${scopeText(news.exemption.scope)}`;
}

function answerVerb(news: Extract<Notification, { what: 'answered' }>): string {
  if (news.answer.verdict === 'released') return 'Released:';
  return isByOpener(news) ? 'Declined by the person who opened it, stays open:' : 'Declined, stays open:';
}

/** Verb, port, group, or what else it happened to. */
function announcementHeadline(news: Notification): string {
  if ('exemption' in news) return exemptionHeadline(news);
  switch (news.what) {
    case 'granted':
      return grantHeadline(news.entry, news.followUp);
    case 'answered':
      return onGroup(answerVerb(news), news.entry, news.entry.plan.decision.rules);
    case 'acknowledged':
      return onGroup(`Acknowledged by ${news.asked.by.name}:`, news.entry, news.entry.plan.decision.rules);
    case 'migrated':
    case 'migration-stopped':
    case 'rolled-back':
      return `${ANNOUNCEMENT_VERBS[news.what]}: ${groupText(news.entry.plan.decision.group)}`;
    case 'exemption-ignored':
      return `Exemption tags ignored: ${news.groupId}`;
    case 'budget-resumed':
      return `Budget resumed: ${resumedPlansText(news.released)}`;
    case 'digest':
      return digestHeadline(news.tally);
    case 'not-recorded':
      return `AWS Config does not record security groups as it should: account ${news.account}, ${news.region}`;
    case 'sweep-held':
      return `NOT CLOSED, too much at once: a sweep of ${news.region} found rules to close in ${news.closing} of ${news.groups} groups`;
    case 'storm':
      return burstHeadline(news.gists);
    default:
      return news satisfies never;
  }
}

/** What something needs a person for, or is about to close or has stopped, is worth more attention than what went as asked. */
const MEDIUM_SEVERITY: ReadonlySet<Notification['what']> = new Set([
  'expiring',
  'expired',
  'migration-stopped',
  'exemption-ignored',
  'not-recorded',
  'sweep-held',
]);

/** Whether somebody should check at once what was asked for: it leaves open more than one rule, or the person who opened a rule did it alone. */
function isAlarming(news: Notification): boolean {
  return isByOpener(news) || (news.what === 'exempted' && isForEveryGroup(news.exemption.scope));
}

function severityOf(news: Notification): Message['severity'] {
  if (news.what === 'storm') return worstSeverity(news.gists);
  if (isAlarming(news)) return 'high';
  return MEDIUM_SEVERITY.has(news.what) ? 'medium' : 'low';
}

type AnnouncementSubject = Pick<Message, 'thread' | 'account' | 'region' | 'controls' | 'links' | 'reasons' | 'facts'> &
  Partial<Message>;

function locationFacts(account: string, region: string, place: MessageContext): readonly Fact[] {
  return [...fact('Account', accountText(account, place)), ...fact('Region', region)];
}

/** Of a group that is known by its id alone, or of the account where it is about none. */
function subjectOfRegion(
  { account, region }: Pick<MessageContext, 'account' | 'region'>,
  groupId: string | undefined,
  place: MessageContext,
): AnnouncementSubject {
  return {
    thread: groupId === undefined ? account : groupThread(account, region, groupId),
    account,
    ...accountAliasOf(account, place),
    region,
    controls: [],
    links: groupId === undefined ? [] : groupLinks(region, groupId, consoleLinks(place)),
    reasons: [],
    facts: locationFacts(account, region, place),
  };
}

/** Of all regions. */
function subjectOfAccount(account: string, place: MessageContext): AnnouncementSubject {
  return {
    ...subjectOfRegion({ account, region: place.region }, undefined, place),
    facts: fact('Account', accountText(account, place)),
  };
}

/** The ledger's have a place, those of the policy file are about the account. */
function subjectOfExemption({ scope, place: where }: Exemption, place: MessageContext): AnnouncementSubject {
  return {
    ...(where === undefined ? subjectOfAccount(place.account, place) : subjectOfRegion(where, scope.groupId, place)),
    controls: scope.control === undefined ? [] : [scope.control],
  };
}

function subjectOf(news: Notification, place: MessageContext): AnnouncementSubject {
  if ('entry' in news) {
    const { plan } = news.entry;
    const facts = planLocationFacts(plan, place);
    return { ...subjectOfPlan(plan, place), reasons: reasonsOf(plan.decision.findings, place), facts };
  }
  if ('exemption' in news) return subjectOfExemption(news.exemption, place);
  if ('groupId' in news) return subjectOfRegion(place, news.groupId, place);
  if ('region' in news) return subjectOfRegion(news, undefined, place);
  return subjectOfAccount('account' in news ? news.account : place.account, place);
}

/** Failures and what waits for a person call people, also those that were not told one by one; and so does what is alarming. */
function urgencyOf(news: Notification): Message['urgency'] {
  const isCalling =
    news.what === 'storm' && news.gists.some(({ status }) => status !== 'done' && status !== 'reported');
  return isCalling || isAlarming(news) ? 'call' : MESSAGE_KINDS[announcementKind(news)].urgency;
}

/** The message for something that people are told besides what became of a plan. */
export function announcementMessage(news: Notification, place: MessageContext): Message {
  const { facts, ...told } = announcementDetails(news);
  const { facts: where, ...known } = subjectOf(news, place);
  return sanitize({
    ...known,
    id: news.id,
    kind: announcementKind(news),
    urgency: urgencyOf(news),
    severity: severityOf(news),
    at: place.now,
    headline: announcementHeadline(news),
    facts: [...(facts ?? []), ...where],
    listings: [],
    remarks: [],
    ways: [],
    ...told,
    actions: [],
  });
}
