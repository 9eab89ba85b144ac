import type { Change } from '../domain/change.ts';
import type { Outcome, Plan } from '../domain/decision.ts';
import type { OwnChange } from '../domain/group-record.ts';
import type { RemediationPorts } from '../domain/ports.ts';
import { canonicalKey } from '../network/rule-key.ts';
import type { ChangeSnapshot } from './fetch-snapshot.ts';

/** What the cell remembers of the groups of a change. */
type Remembered = Pick<ChangeSnapshot, 'entries' | 'records'>;

function recorded({ records }: Remembered, what: OwnChange['what']): readonly string[] {
  return [...records.values()].flatMap(({ ownChanges }) =>
    ownChanges.flatMap((one) => (one.what === what ? one.ruleId : [])),
  );
}

/** Plans that may be removing rules now: those of other modes have steps that nobody carries out. */
function removing({ entries }: Remembered): readonly Plan[] {
  return entries.flatMap(({ plan }) => (plan.decision.mode === 'enforce' ? [plan] : []));
}

/** While a removal is under way, all that it may take. */
function beingRemoved(remembered: Remembered): readonly string[] {
  return removing(remembered).flatMap(({ steps }) => steps.flatMap(({ rules }) => rules.flatMap(({ id }) => id ?? [])));
}

function isAllOf({ added, scope }: Change, ids: readonly string[]): boolean {
  if (added.kind !== 'rules' || added.ids.length === 0 || scope.by !== 'group-id') return false;
  const ours = new Set(ids);
  return added.ids.every((id) => ours.has(id));
}

/** How far an event's time, in whole seconds, may be from the time that our own clock shows: 5 s. */
const TOLERANCE_MS = 5000;

/** How long before its record a removal of ours may have happened, ms: an invocation that died is resumed within a few minutes. */
const RECORDED_WITHIN_MS = 300_000;

/** Contents that we removed at about that time, milliseconds since the epoch, or may be removing. */
function contentsRemoved(remembered: Remembered, at: number): readonly string[] {
  return [
    ...[...remembered.records.values()].flatMap(({ ownChanges }) =>
      ownChanges.flatMap((one) => {
        const isThen = one.at - RECORDED_WITHIN_MS <= at && at <= one.at + TOLERANCE_MS;
        return one.what === 'removed' && isThen ? one.content : [];
      }),
    ),
    ...removing(remembered)
      .filter((plan) => plan.at - TOLERANCE_MS <= at)
      .flatMap(({ steps }) => steps.flatMap(({ rules }) => rules.map(canonicalKey))),
  ];
}

/**
 * A revoke by content has rule ids only in its answer, which CloudTrail drops if it is too large. Then the contents decide, of removals
 * that were under way at the time.
 */
function isRemovalByContent({ added, scope, at }: Change, remembered: Remembered): boolean {
  if (added.kind !== 'rules' || added.ids.length > 0 || added.contents.length === 0) return false;
  if (scope.by !== 'group-id') return false;
  const ours = new Set(contentsRemoved(remembered, at));
  return added.contents.every((content) => ours.has(canonicalKey(content)));
}

/** A removal of our own is no news. Told by our records, not by the role: a stolen role must not be invisible. */
export function isOwnRemoval(change: Change, remembered: Remembered): boolean {
  return (
    change.trigger === 'rules-removed' &&
    (isAllOf(change, [...recorded(remembered, 'removed'), ...beingRemoved(remembered)]) ||
      isRemovalByContent(change, remembered))
  );
}

/** The same for rules that were given back or granted. */
export function isOwnGrant(change: Change, remembered: Remembered): boolean {
  return change.trigger === 'rules-added' && isAllOf(change, recorded(remembered, 'granted'));
}

/**
 * Records what an outcome removed as our own doing, before its entry is closed: from then on nothing else tells that it was ours. The
 * rules are taken out of the group's record, so that the same rule is new when it comes back. Throws CallFailed.
 */
export async function recordRemoval(
  { plan, removed, at }: Outcome,
  ports: Pick<RemediationPorts, 'records'>,
): Promise<void> {
  if (removed.length === 0) return;
  const ours = removed.map((rule) => ({
    what: 'removed' as const,
    ruleId: rule.id ?? '',
    content: canonicalKey(rule),
    at,
  }));
  await ports.records.change(plan.decision.group.id, {
    remove: removed.map(canonicalKey),
    remember: { ownChanges: ours },
  });
}
