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
 * A page of the remediations (newest first), of the plans that wait for a person (oldest first), or of the
 * exemptions in the policy file and the ledger. Throws CallFailed.
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
 * Most bytes of a page as JSON. An invocation of Lambda fails if its response has more than 6,291,556 bytes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_PAGE_BYTES = 5_000_000;

/** An item of a list. */
interface PagedItem {
  readonly id: string;
}

/** Part of a list. `next` is the id after which the next page starts; absent on the last page. */
interface ListPage<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

function bytesOf(item: object): number {
  return new TextEncoder().encode(JSON.stringify(item)).length + 1;
}

/** Index of the first item after an id. The item with the id may have left the list since the page before. */
function pageStart(all: readonly PagedItem[], after: string, order: 'ascending' | 'descending'): number {
  const place = all.findIndex(({ id }) => id === after);
  if (place >= 0) return place + 1;
  const next = all.findIndex(({ id }) => (order === 'ascending' ? id > after : id < after));
  return next < 0 ? all.length : next;
}

/**
 * As much of a list as fits into a page, at least one item.
 *
 * @param after id of the last item of the page before; undefined for the first page.
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

/** What a line depends on besides its entry. */
export interface ListContext {
  /** Other entries: an approval leads from one entry to another. */
  readonly entries: readonly LedgerEntry[];
  /** Active exemptions. */
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
  const { kind, granted, refused, exemption } = followUp;
  const rules = { rules: granted.length, refused: refused.length };
  return {
    what: EVENT_BY_FOLLOW_UP[kind],
    ...byAndAt(followUp),
    ...rules,
    ...(exemption && { exemptUntil: exemption.until, owner: sanitize(exemption.owner) }),
  };
}

/**
 * The entry of the plan that an approval led to. That plan has another id, because its group was evaluated
 * again.
 */
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

/** For a plan that an approval led to: who approved, and the remediation that was approved. */
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
  const { group, rules, findings } = decision;
  const controls = [...new Set(findings.map(({ control }) => control))];
  const holdsFor = (one: Exemption) =>
    controls.some(
      (control) => (withoutExemptRules({ ...group, rules }, control, [one])?.rules.length ?? 0) < rules.length,
    );
  return exemptions
    .filter((one) => rules.length > 0 && holdsFor(one))
    .filter(({ until }) => !leaves.some((leave) => 'exemptUntil' in leave && leave.exemptUntil === until))
    .map((one) => ({ what: 'exempt', ...byAndAt(one), exemptUntil: one.until, owner: sanitize(one.owner) }));
}

/** The events of a remediation, the oldest first. */
function eventsOf(entry: LedgerEntry, context: ListContext): readonly RemediationEvent[] {
  const acknowledged = firstAcknowledgement(entry);
  const followUps = entry.postRemovalGrants.map(followUpEvent);
  return [
    ...(acknowledged === undefined ? [] : [{ what: 'acknowledged', ...byAndAt(acknowledged) } as const]),
    ...answerEvents(entry, context),
    ...approvalEvents(entry, context),
    ...followUps,
    ...exemptionEvents(entry, context, followUps),
  ].toSorted((a, b) => a.at - b.at);
}

/** An approved held plan runs under its own id; then its outcome is newer than the answer. */
function statusOf({ outcome, answer }: LedgerEntry): string {
  const isCarriedOut = outcome !== undefined && answer !== undefined && outcome.at > answer.at;
  return (isCarriedOut ? undefined : answer?.verdict) ?? outcome?.status ?? 'under way';
}

/** A remediation in a list. */
export function remediationLine(entry: LedgerEntry, context: ListContext): RemediationSummary {
  const { plan, outcome } = entry;
  const { group, rules, findings } = plan.decision;
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
    controls: [...new Set(findings.map(({ control }) => control))],
    rules: rules.map(formatRule),
    ...(name !== undefined && { actor: sanitize(name) }),
    events: eventsOf(entry, context),
  };
}
