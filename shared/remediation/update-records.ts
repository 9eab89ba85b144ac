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

/** How long the event of a rule is waited for before the group is looked at without it, ms. */
const OWN_EVENT_MS = 120_000;

/**
 * How long before a snapshot a rule may have been added without being in it, ms. EC2 is eventually consistent; a rule that was recorded
 * within this time is not taken for gone.
 */
const SETTLED_MS = 60_000;

/** Everything that an invocation knows in the end. */
export interface InvocationResult {
  readonly change: Change;
  readonly snapshot: ChangeSnapshot;
  readonly decisions: ChangeDecisions;
  /** Without the plans whose execution threw. */
  readonly executed: readonly ExecutedPlan[];
}

/** A decision that leaves the rules where they are, and that is on record. */
function isStanding({ plan, reservation, outcome }: ExecutedPlan): boolean {
  return outcome === undefined
    ? reservation === 'settled' && plan.decision.mode !== 'enforce'
    : outcome.status === 'reported' || outcome.status === 'pending';
}

function keysOf(plans: readonly Plan[]): ReadonlySet<string> {
  return new Set(plans.flatMap(({ decision }) => decision.rules.map(ruleKey)));
}

/**
 * New rules that stay, and whose decision is on record: people were told or asked, or nothing was found. The latter is no decision yet
 * while rules of other events are waited for, because it holds only if those go.
 */
function decidedOn(group: DecidedGroup, { snapshot, decisions, executed }: InvocationResult): readonly Rule[] {
  if (snapshot.current.unread.length > 0) return [];
  const standing = executed.filter(isStanding).map(({ plan }) => plan);
  const ids = new Set(standing.map(({ id }) => id));
  const [told, undecided] = [keysOf(standing), keysOf(decisions.plans.filter(({ id }) => !ids.has(id)))];
  const dependsOnOthers = group.withheld.some(({ why }) => why === 'own-event');
  const isDecided = (rule: Rule) => {
    const key = ruleKey(rule);
    return !undecided.has(key) && !group.protected.has(rule) && (told.has(key) || !dependsOnOthers);
  };
  return [...group.fresh].filter(isDecided);
}

/** Rules that people were alerted to or asked about just now. */
function notifiedIn(groupId: string, { executed }: InvocationResult): GroupRecord['notified'] {
  return executed.flatMap(({ outcome }) => {
    const { mode, group, rules } = outcome?.plan.decision ?? {};
    if (outcome === undefined || group?.id !== groupId || (mode !== 'alert' && mode !== 'approve')) return [];
    return (rules ?? []).map((rule) => ({ content: canonicalKey(rule), ruleId: rule.id ?? '', mode, at: outcome.at }));
  });
}

/** Contents of the record that are gone: by the event's word where the snapshot agrees, or because a look no longer sees them. */
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
  const told = record.notified.filter(({ content }) => gone.has(content));
  const open = casesToForget(record, closed, now);
  return {
    ownChanges: old.ownChanges ?? [],
    notified: [...new Set([...(old.notified ?? []), ...told])],
    openCases: open,
  };
}

function isNothing({ add = [], remove = [], remember = {}, forget = {} }: RecordChange): boolean {
  return [add, remove, ...Object.values(remember), ...Object.values(forget)].every((some) => some.length === 0);
}

/** What all groups of a change have in common. */
interface Ending extends InvocationResult {
  readonly closed: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a group's record is to be changed by; undefined: nothing. */
function changeOf({ id, rules }: Group, group: DecidedGroup | undefined, aftermath: Ending): RecordChange | undefined {
  const record = aftermath.snapshot.records.get(id);
  const { closed, now } = aftermath;
  const decided = group === undefined ? [] : decidedOn(group, aftermath).map(canonicalKey);
  const remove = removedFrom(record, rules, aftermath);
  const isLook = aftermath.change.trigger === 'sweep';
  const parts: RecordChange = {
    add: decided.filter((content) => record?.contents.has(content) !== true),
    remove,
    remember: { notified: notifiedIn(id, aftermath) },
    forget: forgotten(record, new Set(remove), closed, now),
    ...(isLook && { unlessAddedSince: aftermath.snapshot.at - SETTLED_MS }),
  };
  return isNothing(parts) ? undefined : parts;
}

/** All of a new group came with the change that made it, so its record needs no time to be confirmed. */
function isNewGroup({ added }: Change): boolean {
  return added.kind === 'everything';
}

/** The first contents: everything that is not new. */
function firstOf({ groupId, rules, fresh }: DecidedGroup, { change, now }: Ending) {
  return {
    groupId,
    contents: rules.filter((rule) => !fresh.has(rule)).map(canonicalKey),
    since: isNewGroup(change) ? now - CONFIRMED_AFTER_MS : now,
  };
}

/** When the group has to be looked at again because of what was withheld; undefined: it does not. */
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

/** Whether the group is due in time already. */
function isDue(record: GroupRecord | undefined, { at, hold }: Recheck, now: number): boolean {
  return (
    record?.recheck !== undefined &&
    record.recheck.at > now &&
    record.recheck.at <= at &&
    (hold === undefined || record.recheck.hold === true)
  );
}

/**
 * Writes what the cell remembers of the groups of a change, once everything else is done: new rules whose decision is on record, what is
 * gone, what people were told, and when the group has to be looked at again. Whatever breaks off before this leaves new rules new.
 *
 * @returns what went wrong.
 */
export async function updateRecords(
  aftermath: InvocationResult,
  { ports }: RemediationCell,
): Promise<readonly unknown[]> {
  const { decisions, snapshot, executed } = aftermath;
  const outcomes = executed.flatMap(({ outcome }) => outcome ?? []);
  const ending: Ending = { ...aftermath, closed: await closedCases(outcomes), now: ports.clock.now() };
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
