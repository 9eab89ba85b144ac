import type { Change } from '../domain/change.ts';
import type { Plan } from '../domain/decision.ts';
import type { Group } from '../domain/group.ts';
import {
  CONFIRMED_AFTER_MS,
  type GroupRecord,
  outdated,
  type Recheck,
  type RecordChange,
} from '../domain/group-record.ts';
import type { Rule } from '../domain/rule.ts';
import { canonicalKey } from '../network/canonical.ts';
import { ruleKey } from '../network/rule-key.ts';
import type { Carried } from './carry-out.ts';
import type { Cell } from './cell.ts';
import { closedCases, toldClosed } from './gone.ts';
import type { JudgedGroup, Judgement } from './judge.ts';
import type { Seen } from './look.ts';
import { side } from './side.ts';

/** How long the event of a rule is waited for before the group is looked at without it, ms. */
const OWN_EVENT_MS = 120_000;

/**
 * How long before a snapshot a rule may have been added without being in it, ms. EC2 is eventually consistent; a rule that was recorded
 * within this time is not taken for gone.
 */
const SETTLED_MS = 60_000;

/** Everything that an invocation knows in the end. */
export interface Aftermath {
  readonly change: Change;
  readonly seen: Seen;
  readonly judgement: Judgement;
  /** What became of each plan; a plan whose attempt threw is absent. */
  readonly carried: readonly Carried[];
}

/** A decision that leaves the rules where they are, and that is on record. */
const isStanding = ({ plan, reservation, outcome }: Carried): boolean =>
  outcome === undefined
    ? reservation === 'settled' && plan.decision.mode !== 'enforce'
    : outcome.status === 'reported' || outcome.status === 'pending';

const keysOf = (plans: readonly Plan[]): ReadonlySet<string> =>
  new Set(plans.flatMap(({ decision }) => decision.rules.map(ruleKey)));

/**
 * New rules that stay, and whose decision is on record: people were told or asked, or nothing was found. The latter is no decision yet
 * while rules of other events are waited for, because it holds only if those go.
 */
const decidedOn = (group: JudgedGroup, { seen, judgement, carried }: Aftermath): readonly Rule[] => {
  if (seen.sight.unread.length > 0) return [];
  const standing = carried.filter(isStanding).map(({ plan }) => plan);
  const ids = new Set(standing.map(({ id }) => id));
  const [told, undecided] = [keysOf(standing), keysOf(judgement.plans.filter(({ id }) => !ids.has(id)))];
  const dependsOnOthers = group.withheld.some(({ why }) => why === 'own-event');
  const isDecided = (rule: Rule) => {
    const key = ruleKey(rule);
    return !undecided.has(key) && !group.protected.has(rule) && (told.has(key) || !dependsOnOthers);
  };
  return [...group.fresh].filter(isDecided);
};

/** Rules that people were alerted to or asked about just now. */
const toldIn = (groupId: string, { carried }: Aftermath): GroupRecord['told'] =>
  carried.flatMap(({ outcome }) => {
    const { mode, group, rules } = outcome?.plan.decision ?? {};
    if (outcome === undefined || group?.id !== groupId || (mode !== 'alert' && mode !== 'approve')) return [];
    return (rules ?? []).map((rule) => ({ content: canonicalKey(rule), ruleId: rule.id ?? '', mode, at: outcome.at }));
  });

/** Contents of the record that are gone: by the event's word where the snapshot agrees, or because a look no longer sees them. */
const goneFrom = (
  record: GroupRecord | undefined,
  rules: readonly Rule[],
  { change }: Aftermath,
): readonly string[] => {
  if (record === undefined) return [];
  const there = new Set(rules.map(canonicalKey));
  const { trigger, brought } = change;
  if (trigger === 'sweep') return [...record.contents].filter((content) => !there.has(content));
  if (trigger !== 'rules-removed' || brought.kind !== 'rules') return [];
  return brought.contents.map(canonicalKey).filter((content) => record.contents.has(content) && !there.has(content));
};

const forgotten = (
  record: GroupRecord | undefined,
  gone: ReadonlySet<string>,
  closed: ReadonlySet<string>,
  now: number,
): NonNullable<RecordChange['forget']> => {
  if (record === undefined) return {};
  const old = outdated(record, now) ?? {};
  const told = record.told.filter(({ content }) => gone.has(content));
  const open = toldClosed(record, closed, now);
  return { ours: old.ours ?? [], told: [...new Set([...(old.told ?? []), ...told])], open };
};

const isNothing = ({ add = [], remove = [], remember = {}, forget = {} }: RecordChange): boolean =>
  [add, remove, ...Object.values(remember), ...Object.values(forget)].every((some) => some.length === 0);

/** What all groups of a change have in common. */
interface Ending extends Aftermath {
  readonly closed: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a group's record is to be changed by; undefined: nothing. */
const changeOf = (
  { id: groupId, rules }: Group,
  group: JudgedGroup | undefined,
  aftermath: Ending,
): RecordChange | undefined => {
  const record = aftermath.seen.records.get(groupId);
  const { closed, now } = aftermath;
  const decided = group === undefined ? [] : decidedOn(group, aftermath).map(canonicalKey);
  const remove = goneFrom(record, rules, aftermath);
  const isLook = aftermath.change.trigger === 'sweep';
  const parts: RecordChange = {
    add: decided.filter((content) => record?.contents.has(content) !== true),
    remove,
    remember: { told: toldIn(groupId, aftermath) },
    forget: forgotten(record, new Set(remove), closed, now),
    ...(isLook && { unlessAddedSince: aftermath.seen.at - SETTLED_MS }),
  };
  return isNothing(parts) ? undefined : parts;
};

/** All of a new group came with the change that made it, so its record needs no time to be confirmed. */
const isBirth = ({ brought }: Change): boolean => brought.kind === 'everything';

/** The first contents: everything that is not new. */
const firstOf = ({ groupId, rules, fresh }: JudgedGroup, { change, now }: Ending) => ({
  groupId,
  contents: rules.filter((rule) => !fresh.has(rule)).map(canonicalKey),
  since: isBirth(change) ? now - CONFIRMED_AFTER_MS : now,
});

/** When the group has to be looked at again because of what was withheld; undefined: it does not. */
const recheckFor = (
  { withheld }: JudgedGroup,
  record: GroupRecord | undefined,
  { change, now }: Ending,
): Recheck | undefined => {
  const whys = new Set(withheld.map(({ why }) => why));
  const times = [
    ...(whys.has('unconfirmed') ? [(record?.since ?? now) + CONFIRMED_AFTER_MS] : []),
    ...(whys.has('own-event') ? [now + OWN_EVENT_MS] : []),
  ];
  const { region, account, hold } = change;
  return times.length === 0 ? undefined : { at: Math.min(...times), region, account, ...(hold && { hold }) };
};

/** Whether the group is due in time already. */
const isDue = (record: GroupRecord | undefined, { at, hold }: Recheck, now: number): boolean =>
  record?.recheck !== undefined &&
  record.recheck.at > now &&
  record.recheck.at <= at &&
  (hold === undefined || record.recheck.hold === true);

/**
 * Writes what the cell remembers of the groups of a change, once everything else is done: new rules whose decision is on record, what is
 * gone, what people were told, and when the group has to be looked at again. Whatever breaks off before this leaves new rules new.
 *
 * @returns what went wrong.
 */
export const remember = async (aftermath: Aftermath, { ports }: Cell): Promise<readonly unknown[]> => {
  const { judgement, seen, carried } = aftermath;
  const ending: Ending = { ...aftermath, closed: await closedCases(carried), now: ports.clock.now() };
  const judged = new Map(judgement.groups.map((group) => [group.groupId, group]));
  const writes = seen.sight.sightings.flatMap(({ group: seenGroup }) => {
    const { id } = seenGroup;
    const [record, group] = [seen.records.get(id), judged.get(id)];
    const change = changeOf(seenGroup, group, ending);
    const recheck = group && recheckFor(group, record, ending);
    return [
      ...(group !== undefined && record?.since === undefined ? [ports.records.begin(firstOf(group, ending))] : []),
      ...(change === undefined ? [] : [ports.records.change(id, change)]),
      ...(recheck === undefined || isDue(record, recheck, ending.now) ? [] : [ports.records.lookAgain(id, recheck)]),
    ];
  });
  return (await side(writes)).faults;
};
