import type { AddedRules, Change, ModifiedRule } from '../../domain/change.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Freshness } from '../../domain/finding.ts';
import type { Rule } from '../../domain/group.ts';
import { type GroupRecord, isConfirmed, type NotifiedRule } from '../../domain/group-record.ts';
import { canonicalKey } from '../../network/rule-key.ts';

/** What is known of a group from before the change. */
export type RecordedState =
  /** Its record is missing or provisional: nobody knows which of its rules are new. */
  | { readonly kind: 'unconfirmed' }
  | {
      readonly kind: 'confirmed';
      /** Rules that were there before, as `canonicalKey` writes them. */
      readonly contents: GroupRecord['contents'];
      readonly notified: readonly NotifiedRule[];
    };

/** What a group is judged by besides its rules and facts: the change, what is known from before, and what people said. */
export interface DecisionContext extends Pick<Change, 'trigger' | 'added' | 'actor'> {
  /** Absent where nothing is remembered (a scan, a simulation, AWS Config): whatever the change did not add was there before. */
  readonly recordedState?: RecordedState;
  /** Rules that an earlier try was to remove. */
  readonly unfinished?: readonly Rule[];
  /** Live exemptions of the groups, the policy's and the ledger's. */
  readonly exemptions?: readonly Exemption[];
  /** Keys (`ruleKey`) of rules that a person let go. */
  readonly approvedRules?: ReadonlySet<string>;
  /** Milliseconds since the epoch; absent where no time is meant, so that nothing is frozen. */
  readonly now?: number;
}

/**
 * The rules that a change brought. By id where the event has ids; by content only where it has none, since a content that
 * appears in an old event may since have been put there by somebody else. A changed prefix list changes every rule that names it.
 */
export function addedRules(rules: readonly Rule[], added: AddedRules): ReadonlySet<Rule> {
  switch (added.kind) {
    case 'everything':
      return new Set(rules);
    case 'unknown':
      return NONE;
    case 'prefix-list':
      return new Set(rules.filter(({ source }) => source.kind === 'prefix-list' && source.id === added.id));
    case 'rules': {
      const ids = new Set(added.ids);
      if (ids.size > 0) return new Set(rules.filter(({ id }) => id !== undefined && ids.has(id)));
      const contents = new Set(added.contents.map(canonicalKey));
      return new Set(rules.filter((rule) => contents.has(canonicalKey(rule))));
    }
    default:
      return added satisfies never;
  }
}

/** What a group's record says at a time, milliseconds since the epoch. */
export function recordedStateFrom(record: GroupRecord | undefined, now: number): RecordedState {
  return record !== undefined && isConfirmed(record, now)
    ? { kind: 'confirmed', contents: record.contents, notified: record.notified }
    : { kind: 'unconfirmed' };
}

/** The rules of a group, told apart by what is known of when they came. */
export interface RuleFreshness {
  /** To be acted on as new. */
  readonly fresh: ReadonlySet<Rule>;
  /** New, and added by another call: the event of that call acts on them, so that people hear who it was. */
  readonly awaited: ReadonlySet<Rule>;
  /** All other rules. `unconfirmed`: nobody knows whether they are new. */
  readonly others: Extract<Freshness, 'existing'> | 'unconfirmed';
}

const NONE: ReadonlySet<Rule> = new Set();

/**
 * Tells the rules of a group apart. A rule is fresh if this change added it or if it is absent from the confirmed record of the group. An
 * event leaves absent rules that it did not add to their own events; a sweep, AWS Config's look and a re-check act on them at once.
 */
export function freshnessOf(
  rules: readonly Rule[],
  { trigger, added: addedByChange, recordedState, unfinished = [] }: DecisionContext,
): RuleFreshness {
  const added = addedRules(rules, addedByChange);
  const fresh = unfinished.length === 0 ? added : added.union(new Set(unfinished));
  if (recordedState === undefined) return { fresh, awaited: NONE, others: 'existing' };
  if (recordedState.kind === 'unconfirmed') return { fresh, awaited: NONE, others: 'unconfirmed' };
  const absent = rules.filter((rule) => !fresh.has(rule) && !recordedState.contents.has(canonicalKey(rule)));
  if (absent.length === 0) return { fresh, awaited: NONE, others: 'existing' };
  return trigger === 'sweep'
    ? { fresh: new Set([...fresh, ...absent]), awaited: NONE, others: 'existing' }
    : { fresh, awaited: new Set(absent), others: 'existing' };
}

function isStale(rule: Rule, { id, content }: ModifiedRule): boolean {
  return rule.id === id && canonicalKey({ ...content, direction: rule.direction }) !== canonicalKey(rule);
}

/**
 * What the change brought and the rules do not show: ids, or contents where there are no ids, and modified rules that still have
 * another content than they were given. (A later change may have given it to them: then looking again is in vain, and ends.)
 */
export function missingFromSnapshot(rules: readonly Rule[], added: AddedRules): readonly string[] {
  if (added.kind !== 'rules') return [];
  const seen = new Set(rules.flatMap((rule) => [rule.id ?? '', canonicalKey(rule)]));
  const expected = added.ids.length > 0 ? added.ids : added.contents.map(canonicalKey);
  const stale = (added.becoming ?? []).filter((one) => rules.some((rule) => isStale(rule, one)));
  return [...expected.filter((key) => !seen.has(key)), ...stale.map(({ id }) => id)];
}
