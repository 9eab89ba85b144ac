import type { Change } from '../domain/change.ts';
import type { Outcome, Plan } from '../domain/decision.ts';
import type { OwnChange } from '../domain/group-record.ts';
import type { RemediationPorts } from '../domain/ports.ts';
import { canonicalKey } from '../network/rule-key.ts';
import type { ChangeSnapshot } from './fetch-snapshot.ts';

/** What is on record about the groups of a change. */
type Remembered = Pick<ChangeSnapshot, 'entries' | 'records'>;

function recorded({ records }: Remembered, what: OwnChange['what']): readonly string[] {
  return [...records.values()].flatMap(({ ownChanges }) =>
    ownChanges.flatMap((one) => (one.what === what ? one.ruleId : [])),
  );
}

/** Plans that may be removing rules now. Nobody executes the steps of plans in other modes. */
function removing({ entries }: Remembered): readonly Plan[] {
  return entries.flatMap(({ plan }) => (plan.decision.mode === 'enforce' ? [plan] : []));
}

/** Ids of all rules that a running removal may remove. */
function beingRemoved(remembered: Remembered): readonly string[] {
  return removing(remembered).flatMap(({ steps }) => steps.flatMap(({ rules }) => rules.flatMap(({ id }) => id ?? [])));
}

function isAllOf({ added, scope }: Change, ids: readonly string[]): boolean {
  if (added.kind !== 'rules' || added.ids.length === 0 || scope.by !== 'group-id') return false;
  const ours = new Set(ids);
  return added.ids.every((id) => ours.has(id));
}

/** Maximum difference between the time of an event, in whole seconds, and our clock: 5 s. */
const TOLERANCE_MS = 5000;

/**
 * Maximum time between a removal and its record, ms. An invocation that died is resumed within a few minutes.
 */
const RECORDED_WITHIN_MS = 300_000;

/** Contents that Portcullis removed at about that time (milliseconds since the epoch), or may be removing. */
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
 * CloudTrail leaves out an answer that is too large, and only the answer of a revoke by content has rule ids.
 * Then the contents of removals at that time decide.
 */
function isRemovalByContent({ added, scope, at }: Change, remembered: Remembered): boolean {
  if (added.kind !== 'rules' || added.ids.length > 0 || added.contents.length === 0) return false;
  if (scope.by !== 'group-id') return false;
  const ours = new Set(contentsRemoved(remembered, at));
  return added.contents.every((content) => ours.has(canonicalKey(content)));
}

/**
 * Whether a change is Portcullis's own removal. The records decide, not the role of the caller, because the
 * removals of a stolen role must stay visible.
 */
export function isOwnRemoval(change: Change, remembered: Remembered): boolean {
  return (
    change.trigger === 'rules-removed' &&
    (isAllOf(change, [...recorded(remembered, 'removed'), ...beingRemoved(remembered)]) ||
      isRemovalByContent(change, remembered))
  );
}

/** Whether a change is Portcullis's own grant or restore. */
export function isOwnGrant(change: Change, remembered: Remembered): boolean {
  return change.trigger === 'rules-added' && isAllOf(change, recorded(remembered, 'granted'));
}

/**
 * Records the removed rules as our own change, before the ledger entry is settled. After that, only this
 * record shows that the removal was ours. Removes the rules from the group's record, so that the same rule
 * counts as fresh when it comes back. Throws CallFailed.
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
