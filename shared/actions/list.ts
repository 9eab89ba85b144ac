import type { Command, CommandResult, RemediationEvent, RemediationSummary } from '../domain/command.ts';
import { remediationId } from '../domain/decision.ts';
import type { Exemption } from '../domain/exemption.ts';
import type { Attribution } from '../domain/identity.ts';
import type { LedgerEntry, PostRemovalGrant } from '../domain/ledger.ts';
import { formatRule, sanitize } from '../network/format.ts';
import { exemptionsAt, withoutExemptRules } from '../policy/exemptions.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { firstAcknowledgement } from './answer.ts';

/**
 * Most bytes of a page as JSON: 5 MB. Lambda passes on 6,291,556 bytes of an answer, and fails the invocation above that.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_PAGE_BYTES = 5_000_000;

/** Something in a list, named by its id. */
interface PagedItem {
  readonly id: string;
}

/** Part of a list, and the id to go on after; `next` is absent on the last page. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

function bytesOf(item: object): number {
  return new TextEncoder().encode(JSON.stringify(item)).length + 1;
}

/** Where the list goes on after an id. The item itself may be gone from the list since the page before. */
function pageStart(all: readonly PagedItem[], after: string, order: 'ascending' | 'descending'): number {
  const place = all.findIndex(({ id }) => id === after);
  if (place >= 0) return place + 1;
  const next = all.findIndex(({ id }) => (order === 'ascending' ? id > after : id < after));
  return next < 0 ? all.length : next;
}

/**
 * As much of a list as an answer holds, at least one item. Pure.
 *
 * @param after id of the last item of the page before; absent: the first page.
 * @param order of the ids.
 */
function pageOf<T extends PagedItem>(
  all: readonly T[],
  after: string | undefined,
  order: 'ascending' | 'descending',
): ListPage<T> {
  const rest = after === undefined ? all : all.slice(pageStart(all, after, order));
  let bytes = 0;
  const over = rest.findIndex((item, index) => {
    bytes += bytesOf(item);
    return index > 0 && bytes > MAX_PAGE_BYTES;
  });
  if (over < 0) return { items: rest };
  const items = rest.slice(0, over);
  const last = items.at(-1);
  return { items, ...(last && { next: last.id }) };
}

/** What an entry is listed with. */
export interface ListContext {
  /** Entries that an answer may have led to, or come from. */
  readonly entries: readonly LedgerEntry[];
  /** Exemptions that hold now. */
  readonly exemptions: readonly Exemption[];
}

function byAndAt({ by, at }: Pick<Attribution, 'by' | 'at'>) {
  return { by: sanitize(by.name), at };
}

const EVENT_BY_FOLLOW_UP = { restore: 'restored', narrow: 'narrowed', revert: 'reverted' } as const satisfies Record<
  PostRemovalGrant['kind'],
  RemediationEvent['what']
>;

function followUpEvent(followUp: PostRemovalGrant): RemediationEvent {
  const { kind, granted, refused, exemption: leave } = followUp;
  const rules = { rules: granted.length, refused: refused.length };
  return {
    what: EVENT_BY_FOLLOW_UP[kind],
    ...byAndAt(followUp),
    ...rules,
    ...(leave && { exemptUntil: leave.until, owner: sanitize(leave.owner) }),
  };
}

/** The entry of the plan that a person's approval led to. Its rules were looked at again, so its plan is another one. */
function approvedPlanEntry({ plan }: LedgerEntry, entries: readonly LedgerEntry[]): LedgerEntry | undefined {
  return entries.find(
    (one) =>
      one.plan.id !== plan.id &&
      one.plan.change.approved?.planId === plan.id &&
      one.plan.decision.group.id === plan.decision.group.id,
  );
}

function answerEvents(entry: LedgerEntry, { entries }: ListContext): readonly RemediationEvent[] {
  const { answer } = entry;
  if (answer === undefined) return [];
  if (answer.verdict === 'declined') return [{ what: 'declined', ...byAndAt(answer) }];
  const next = approvedPlanEntry(entry, entries);
  return [{ what: 'approved', ...byAndAt(answer), ...(next && { as: remediationId(next.plan) }) }];
}

/** Of the plan that a person's approval led to: who approved, and the remediation that was approved. */
function approvalEvents({ plan }: LedgerEntry, { entries }: ListContext): readonly RemediationEvent[] {
  const planId = plan.change.approved?.planId;
  if (plan.approved === undefined || planId === plan.id) return [];
  const before = entries.find((one) => one.plan.id === planId);
  return [{ what: 'approved', ...byAndAt(plan.approved), ...(before && { from: remediationId(before.plan) }) }];
}

function exemptionEvents(
  { plan: { decision } }: LedgerEntry,
  { exemptions }: ListContext,
  leaves: readonly RemediationEvent[],
): readonly RemediationEvent[] {
  const { group, rules, findings: because } = decision;
  const controls = [...new Set(because.map(({ control }) => control))];
  const holdsFor = (one: Exemption) =>
    controls.some(
      (control) => (withoutExemptRules({ ...group, rules }, control, [one])?.rules.length ?? 0) < rules.length,
    );
  return exemptions
    .filter((one) => rules.length > 0 && holdsFor(one))
    .filter(({ until }) => !leaves.some((leave) => 'exemptUntil' in leave && leave.exemptUntil === until))
    .map((one) => ({ what: 'exempt', ...byAndAt(one), exemptUntil: one.until, owner: sanitize(one.owner) }));
}

/** What has become of a remediation since its plan was made, the oldest first. */
function eventsOf(entry: LedgerEntry, beside: ListContext): readonly RemediationEvent[] {
  const acknowledged = firstAcknowledgement(entry);
  const followUps = entry.postRemovalGrants.map(followUpEvent);
  return [
    ...(acknowledged === undefined ? [] : [{ what: 'acknowledged', ...byAndAt(acknowledged) } as const]),
    ...answerEvents(entry, beside),
    ...approvalEvents(entry, beside),
    ...followUps,
    ...exemptionEvents(entry, beside, followUps),
  ].toSorted((a, b) => a.at - b.at);
}

/** A held plan that a person let go is carried out under its own id: then the outcome is newer than the answer. */
function statusOf({ outcome, answer }: LedgerEntry): string {
  const isCarriedOut = outcome !== undefined && answer !== undefined && outcome.at > answer.at;
  return (isCarriedOut ? undefined : answer?.verdict) ?? outcome?.status ?? 'under way';
}

/** A remediation in a list. Pure. */
export function remediationLine(entry: LedgerEntry, beside: ListContext): RemediationSummary {
  const { plan, outcome } = entry;
  const { group, rules, findings: because } = plan.decision;
  const { actor, region } = plan.change;
  const name = actor?.name ?? actor?.arn;
  const status = statusOf(entry);
  return {
    id: remediationId(plan),
    at: plan.at,
    status,
    ...(status === 'failed' && { fault: sanitize(outcome?.fault?.message ?? 'EC2 refused') }),
    groupId: group.id,
    groupName: sanitize(group.name),
    region,
    controls: [...new Set(because.map(({ control }) => control))],
    rules: rules.map(formatRule),
    ...(name !== undefined && { actor: sanitize(name) }),
    events: eventsOf(entry, beside),
  };
}

/** A request for a list. */
export type ListCommand = Extract<Command, { do: 'list' }>;

async function remediationLines(
  entries: readonly LedgerEntry[],
  { policy, ports }: GrantCell,
): Promise<readonly RemediationSummary[]> {
  if (entries.length === 0) return [];
  const recorded = (await ports.exemptions.all()).filter(({ provisional }) => provisional === undefined);
  const exemptions = exemptionsAt(ports.clock.now(), policy, recorded);
  return entries.map((entry) => remediationLine(entry, { entries, exemptions }));
}

/**
 * A page of the remediations, the newest first, or of what waits for a person, the oldest first; or of the exemptions of the policy file
 * and then the ledger. Throws CallFailed.
 */
export async function list({ what, most, after }: ListCommand, cell: GrantCell): Promise<CommandResult> {
  const { policy, ports } = cell;
  switch (what) {
    case 'remediations': {
      const { items, ...more } = pageOf(
        await remediationLines(await ports.ledger.newest(most), cell),
        after,
        'descending',
      );
      return { kind: 'remediations', lines: items, ...more };
    }
    case 'pending':
    case 'held': {
      const lines = await remediationLines((await ports.ledger.waiting(what)).slice(0, most), cell);
      const { items, ...more } = pageOf(lines, after, 'ascending');
      return { kind: 'remediations', lines: items, ...more };
    }
    case 'exemptions': {
      const recorded = (await ports.exemptions.all()).filter(
        ({ at, until, provisional }) => at < until && provisional === undefined,
      );
      const all = [...policy.exemptions, ...recorded].slice(0, most);
      const { items, ...more } = pageOf(all, after, 'descending');
      return { kind: 'exemptions', exemptions: items, ...more };
    }
    default:
      return what satisfies never;
  }
}
