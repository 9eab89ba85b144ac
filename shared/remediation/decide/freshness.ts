import type { AddedRules, Change, ModifiedRule } from '../../domain/change.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Freshness } from '../../domain/finding.ts';
import type { Rule } from '../../domain/group.ts';
import { type GroupRecord, isConfirmed, type NotifiedRule } from '../../domain/group-record.ts';
import { canonicalKey } from '../../network/rule-key.ts';

/** What the record says about the state of a group before the change. */
export type RecordedState =
  /** The record is missing or less than 15 minutes old, so nobody knows which rules are new. */
  | { readonly kind: 'unconfirmed' }
  | {
      readonly kind: 'confirmed';
      /** Rules that existed before, as `canonicalKey` writes them. */
      readonly contents: GroupRecord['contents'];
      readonly notified: readonly NotifiedRule[];
    };

/** What a decision on a group depends on besides its rules and facts. */
export interface DecisionContext extends Pick<Change, 'trigger' | 'added' | 'actor'> {
  /**
   * Absent without records (a scan, a simulation, AWS Config): every rule that the change did not add counts
   * as existing.
   */
  readonly recordedState?: RecordedState;
  /** Rules that an earlier invocation was to remove. */
  readonly unfinished?: readonly Rule[];
  /** Active exemptions, from the policy and from the ledger. */
  readonly exemptions?: readonly Exemption[];
  /** Keys (`ruleKey`) of rules whose removal a person approved. */
  readonly approvedRules?: ReadonlySet<string>;
  /** Milliseconds since the epoch. Absent: no freeze applies. */
  readonly now?: number;
}

/**
 * The rules that a change added. Rules are compared by id if the event has ids. They are compared by content
 * only if it has none, because somebody else may since have added a content of an old event. A changed prefix
 * list changes every rule that names it.
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

/** The recorded state at a time, milliseconds since the epoch. */
export function recordedStateFrom(record: GroupRecord | undefined, now: number): RecordedState {
  return record !== undefined && isConfirmed(record, now)
    ? { kind: 'confirmed', contents: record.contents, notified: record.notified }
    : { kind: 'unconfirmed' };
}

/** The rules of a group, divided by when they were added. */
export interface RuleFreshness {
  /** Rules that are decided as fresh. */
  readonly fresh: ReadonlySet<Rule>;
  /**
   * Fresh rules that another call added. The event of that call acts on them, so that people hear who made
   * it.
   */
  readonly awaited: ReadonlySet<Rule>;
  /** `unconfirmed`: nobody knows whether the other rules are new. */
  readonly others: Extract<Freshness, 'existing'> | 'unconfirmed';
}

const NONE: ReadonlySet<Rule> = new Set();

/**
 * Divides the rules of a group. A rule is fresh if this change added it or if the confirmed record does not
 * have it. An event leaves rules that another call added to the event of that call. A sweep, an evaluation
 * for AWS Config and a recheck act on them at once.
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
 * What the change added and the rules do not show yet: ids (or contents, if there are no ids), and modified
 * rules with their former content. A later call may have given a rule another content; then the wait ends in
 * vain.
 */
export function missingFromSnapshot(rules: readonly Rule[], added: AddedRules): readonly string[] {
  if (added.kind !== 'rules') return [];
  const seen = new Set(rules.flatMap((rule) => [rule.id ?? '', canonicalKey(rule)]));
  const expected = added.ids.length > 0 ? added.ids : added.contents.map(canonicalKey);
  const stale = (added.becoming ?? []).filter((one) => rules.some((rule) => isStale(rule, one)));
  return [...expected.filter((key) => !seen.has(key)), ...stale.map(({ id }) => id)];
}
