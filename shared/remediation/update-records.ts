import type { Change } from '../domain/change.ts';
import type { Plan } from '../domain/decision.ts';
import type { Group, Rule } from '../domain/group.ts';
import {
  CONFIRMED_AFTER_MS,
  type GroupRecord,
  outdated,
  type Recheck,
  type RecordChange,
} from '../domain/group-record.ts';
import { canonicalKey, ruleKey } from '../network/rule-key.ts';
import type { RemediationCell } from './cell.ts';
import type { ChangeDecisions, DecidedGroup } from './decide/decide.ts';
import type { ExecutedPlan } from './execute-plan.ts';
import { casesToForget, closedCases } from './external-findings.ts';
import type { ChangeSnapshot } from './fetch-snapshot.ts';
import { settleAll } from './settle-all.ts';

/** How long the cell waits for the event of a rule before it evaluates the group without it, ms. */
const OWN_EVENT_MS = 120_000;

/**
 * Time before a snapshot in which a rule may have been added without being in the snapshot, ms, because EC2
 * is eventually consistent. A rule that was recorded within this time does not count as removed.
 */
const SETTLED_MS = 60_000;

/** Everything that an invocation knows at its end. */
export interface InvocationResult {
  readonly change: Change;
  readonly snapshot: ChangeSnapshot;
  readonly decisions: ChangeDecisions;
  /** Without the plans whose execution threw. */
  readonly executed: readonly ExecutedPlan[];
}

/** Whether the rules stay, and the ledger has the decision. */
function isStanding({ plan, reservation, outcome }: ExecutedPlan): boolean {
  return outcome === undefined
    ? reservation === 'settled' && plan.decision.mode !== 'enforce'
    : outcome.status === 'reported' || outcome.status === 'pending';
}

function keysOf(plans: readonly Plan[]): ReadonlySet<string> {
  return new Set(plans.flatMap(({ decision }) => decision.rules.map(ruleKey)));
}

/**
 * Fresh rules that stay and are decided: people were notified or asked, or no control found anything. The
 * latter holds only if the rules of other events go, so it is no decision while their events are awaited.
 */
function decidedOn(group: DecidedGroup, { snapshot, decisions, executed }: InvocationResult): readonly Rule[] {
  if (snapshot.current.unread.length > 0) return [];
  const standing = executed.filter(isStanding).map(({ plan }) => plan);
  const ids = new Set(standing.map(({ id }) => id));
  const [notified, undecided] = [keysOf(standing), keysOf(decisions.plans.filter(({ id }) => !ids.has(id)))];
  const dependsOnOthers = group.withheld.some(({ why }) => why === 'own-event');
  const isDecided = (rule: Rule) => {
    const key = ruleKey(rule);
    return !undecided.has(key) && !group.protected.has(rule) && (notified.has(key) || !dependsOnOthers);
  };
  return [...group.fresh].filter(isDecided);
}

/** Rules that people were just notified of or asked about. */
function notifiedIn(groupId: string, { executed }: InvocationResult): GroupRecord['notified'] {
  return executed.flatMap(({ outcome }) => {
    const { mode, group, rules } = outcome?.plan.decision ?? {};
    if (outcome === undefined || group?.id !== groupId || (mode !== 'alert' && mode !== 'approve')) return [];
    return (rules ?? []).map((rule) => ({ content: canonicalKey(rule), ruleId: rule.id ?? '', mode, at: outcome.at }));
  });
}

/** Contents of the record that are gone: the event and the snapshot agree, or a sweep no longer sees them. */
function removedFrom(
  record: GroupRecord | undefined,
  rules: readonly Rule[],
  { change }: InvocationResult,
): readonly string[] {
  if (record === undefined) return [];
  const there = new Set(rules.map(canonicalKey));
  const { trigger, added } = change;
  if (trigger === 'sweep') return [...record.contents].filter((content) => !there.has(content));
  if (trigger !== 'rules-removed' || added.kind !== 'rules') return [];
  return added.contents.map(canonicalKey).filter((content) => record.contents.has(content) && !there.has(content));
}

function forgotten(
  record: GroupRecord | undefined,
  gone: ReadonlySet<string>,
  closed: ReadonlySet<string>,
  now: number,
): NonNullable<RecordChange['forget']> {
  if (record === undefined) return {};
  const old = outdated(record, now) ?? {};
  const notified = record.notified.filter(({ content }) => gone.has(content));
  const open = casesToForget(record, closed, now);
  return {
    ownChanges: old.ownChanges ?? [],
    notified: [...new Set([...(old.notified ?? []), ...notified])],
    openCases: open,
  };
}

function isNothing({ add = [], remove = [], remember = {}, forget = {} }: RecordChange): boolean {
  return [add, remove, ...Object.values(remember), ...Object.values(forget)].every((some) => some.length === 0);
}

/** What the groups of a change have in common. */
interface Ending extends InvocationResult {
  readonly closed: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The change to a group's record; undefined if nothing changes. */
function changeOf({ id, rules }: Group, group: DecidedGroup | undefined, result: Ending): RecordChange | undefined {
  const record = result.snapshot.records.get(id);
  const { closed, now } = result;
  const decided = group === undefined ? [] : decidedOn(group, result).map(canonicalKey);
  const remove = removedFrom(record, rules, result);
  const isLook = result.change.trigger === 'sweep';
  const parts: RecordChange = {
    add: decided.filter((content) => record?.contents.has(content) !== true),
    remove,
    remember: { notified: notifiedIn(id, result) },
    forget: forgotten(record, new Set(remove), closed, now),
    ...(isLook && { unlessAddedSince: result.snapshot.at - SETTLED_MS }),
  };
  return isNothing(parts) ? undefined : parts;
}

/** All rules of a new group came with its creation, so its record is confirmed at once. */
function isNewGroup({ added }: Change): boolean {
  return added.kind === 'everything';
}

/** The first contents of a record: all rules that are not fresh. */
function firstOf({ groupId, rules, fresh }: DecidedGroup, { change, now }: Ending) {
  return {
    groupId,
    contents: rules.filter((rule) => !fresh.has(rule)).map(canonicalKey),
    since: isNewGroup(change) ? now - CONFIRMED_AFTER_MS : now,
  };
}

/** When the group has to be evaluated again because of withheld decisions; undefined if it does not. */
function recheckFor(
  { withheld }: DecidedGroup,
  record: GroupRecord | undefined,
  { change, now }: Ending,
): Recheck | undefined {
  const whys = new Set(withheld.map(({ why }) => why));
  const times = [
    ...(whys.has('unconfirmed-record') ? [(record?.since ?? now) + CONFIRMED_AFTER_MS] : []),
    ...(whys.has('own-event') ? [now + OWN_EVENT_MS] : []),
  ];
  const { region, account, hold } = change;
  return times.length === 0 ? undefined : { at: Math.min(...times), region, account, ...(hold && { hold }) };
}

/** Whether an evaluation is scheduled already, and in time. */
function isDue(record: GroupRecord | undefined, { at, hold }: Recheck, now: number): boolean {
  return (
    record?.recheck !== undefined &&
    record.recheck.at > now &&
    record.recheck.at <= at &&
    (hold === undefined || record.recheck.hold === true)
  );
}

/**
 * Updates the records of the groups after everything else: fresh rules that are decided, removed rules, what
 * people were notified of, and when the group is evaluated again. If the invocation ends before this, fresh
 * rules stay fresh.
 *
 * @returns faults
 */
export async function updateRecords(result: InvocationResult, { ports }: RemediationCell): Promise<readonly unknown[]> {
  const { decisions, snapshot, executed } = result;
  const outcomes = executed.flatMap(({ outcome }) => outcome ?? []);
  const ending: Ending = { ...result, closed: await closedCases(outcomes), now: ports.clock.now() };
  const judged = new Map(decisions.groups.map((group) => [group.groupId, group]));
  const writes = snapshot.current.groups.flatMap(({ group: seenGroup }) => {
    const { id } = seenGroup;
    const [record, group] = [snapshot.records.get(id), judged.get(id)];
    const change = changeOf(seenGroup, group, ending);
    const recheck = group && recheckFor(group, record, ending);
    return [
      ...(group !== undefined && record?.since === undefined ? [ports.records.begin(firstOf(group, ending))] : []),
      ...(change === undefined ? [] : [ports.records.change(id, change)]),
      ...(recheck === undefined || isDue(record, recheck, ending.now)
        ? []
        : [ports.records.scheduleRecheck(id, recheck)]),
    ];
  });
  return (await settleAll(writes)).faults;
}
