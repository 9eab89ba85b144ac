import type { Becoming, Brought } from '../../domain/change.ts';
import type { Freshness } from '../../domain/controls/finding.ts';
import { type GroupRecord, isConfirmed } from '../../domain/group-record.ts';
import type { Rule } from '../../domain/rule.ts';
import { canonicalKey } from '../../network/canonical.ts';
import type { Known, Occasion } from './occasion.ts';

/**
 * The rules that a change brought. By id where the event has ids; by content only where it has none, since a content that
 * appears in an old event may since have been put there by somebody else. A changed prefix list changes every rule that names it.
 */
export const freshRules = (rules: readonly Rule[], brought: Brought): ReadonlySet<Rule> => {
  switch (brought.kind) {
    case 'everything':
      return new Set(rules);
    case 'unknown':
      return NONE;
    case 'prefix-list':
      return new Set(rules.filter(({ source }) => source.kind === 'prefix-list' && source.id === brought.id));
    case 'rules': {
      const ids = new Set(brought.ids);
      if (ids.size > 0) return new Set(rules.filter(({ id }) => id !== undefined && ids.has(id)));
      const contents = new Set(brought.contents.map(canonicalKey));
      return new Set(rules.filter((rule) => contents.has(canonicalKey(rule))));
    }
    default:
      return brought satisfies never;
  }
};

/** What a group's record says at a time, milliseconds since the epoch. */
export const knownFrom = (record: GroupRecord | undefined, now: number): Known =>
  record !== undefined && isConfirmed(record, now)
    ? { kind: 'confirmed', contents: record.contents, told: record.told }
    : { kind: 'unconfirmed' };

/** The rules of a group, told apart by what is known of when they came. */
export interface Ages {
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
export const agesOf = (rules: readonly Rule[], { trigger, brought, known, unfinished = [] }: Occasion): Ages => {
  const added = freshRules(rules, brought);
  const fresh = unfinished.length === 0 ? added : added.union(new Set(unfinished));
  if (known === undefined) return { fresh, awaited: NONE, others: 'existing' };
  if (known.kind === 'unconfirmed') return { fresh, awaited: NONE, others: 'unconfirmed' };
  const absent = rules.filter((rule) => !fresh.has(rule) && !known.contents.has(canonicalKey(rule)));
  if (absent.length === 0) return { fresh, awaited: NONE, others: 'existing' };
  return trigger === 'sweep'
    ? { fresh: new Set([...fresh, ...absent]), awaited: NONE, others: 'existing' }
    : { fresh, awaited: new Set(absent), others: 'existing' };
};

const isStale = (rule: Rule, { id, content }: Becoming): boolean =>
  rule.id === id && canonicalKey({ ...content, direction: rule.direction }) !== canonicalKey(rule);

/**
 * What the change brought and the rules do not show: ids, or contents where there are no ids, and modified rules that still have
 * another content than they were given. (A later change may have given it to them: then looking again is in vain, and ends.)
 */
export const unseen = (rules: readonly Rule[], brought: Brought): readonly string[] => {
  if (brought.kind !== 'rules') return [];
  const seen = new Set(rules.flatMap((rule) => [rule.id ?? '', canonicalKey(rule)]));
  const expected = brought.ids.length > 0 ? brought.ids : brought.contents.map(canonicalKey);
  const stale = (brought.becoming ?? []).filter((one) => rules.some((rule) => isStale(rule, one)));
  return [...expected.filter((key) => !seen.has(key)), ...stale.map(({ id }) => id)];
};
