import type { Change } from '../domain/change.ts';
import type { Rule, RuleContent } from '../domain/group.ts';
import { canonicalKey } from '../network/rule-key.ts';
import { requestedByPortcullis } from '../remediation/requested-by.ts';
import type { GrantCell } from './common/cell.ts';
import type { GrantRequest } from './common/grant.ts';
import { type CompletedRemoval, withCurrentEntries } from './common/group-snapshot.ts';
import { acceptRules } from './common/objections.ts';
import { proveChange } from './common/prove-change.ts';

function namesOf({ actor }: Change): string {
  return JSON.stringify([actor?.type, actor?.arn, actor?.role, actor?.invokedBy]);
}

/** Contents that the same principal removed from this group, as CloudTrail has it. */
function removedBy(recorded: Change, claimed: Change, groupId: string): ReadonlySet<string> {
  const { trigger, scope, added } = recorded;
  const isSame = trigger === 'rules-removed' && namesOf(recorded) === namesOf(claimed);
  const isHere = scope.by !== 'group-id' || scope.ids.includes(groupId);
  return new Set(isSame && isHere && added.kind === 'rules' ? added.contents.map(canonicalKey) : []);
}

/**
 * Which rules the change removed, as CloudTrail has it, and why the others are refused. The ledger is no
 * proof, because it has the contents from an event and does not record rules that others removed. Undefined
 * as long as CloudTrail does not have the change.
 */
async function provenRemovals(
  lost: readonly RuleContent[],
  { entry }: CompletedRemoval,
  cell: GrantCell,
): Promise<{ readonly proven: readonly RuleContent[]; readonly because: string } | undefined> {
  const proof = await proveChange(entry, cell);
  switch (proof.kind) {
    case 'waits':
      return undefined;
    case 'unproven':
      return {
        proven: [],
        because: `CloudTrail has not confirmed within an hour that it was removed: ${proof.because}`,
      };
    case 'proven': {
      const { decision, change } = entry.plan;
      const keys = removedBy(proof.change, change, decision.group.id);
      const because = 'CloudTrail does not say that it was there and that this principal removed it';
      return { proven: lost.filter((content) => keys.has(canonicalKey(content))), because };
    }
    default:
      return proof satisfies never;
  }
}

/**
 * The rules to grant in order to revert a change that removed them: those that CloudTrail confirms and that
 * no control finds anything about. Undefined if there are none, or if CloudTrail does not have the change
 * yet.
 */
export async function revert(
  removal: CompletedRemoval,
  cell: GrantCell,
): Promise<Omit<GrantRequest, 'kind' | 'entry' | 'group'> | undefined> {
  const { entry, found } = removal;
  const { decision, change } = entry.plan;
  const findings =
    decision.mode === 'enforce' ? decision.findings.filter(({ removedRules }) => removedRules !== undefined) : [];
  const lost = findings.flatMap((finding) => finding.removedRules ?? []);
  if (lost.length === 0) return undefined;
  const proof = await provenRemovals(lost, removal, cell);
  if (proof === undefined) return undefined;
  const { id } = decision.group;
  const inGroup = (contents: readonly RuleContent[]): readonly Rule[] =>
    contents.map((one) => ({ ...one, groupId: id }));
  const rules = await withCurrentEntries(inGroup(proof.proven), change.region, cell);
  const { accepted, refused } = acceptRules(rules, found, cell.policy);
  const unproven = inGroup(lost.filter((content) => !proof.proven.includes(content)));
  const why = findings.map(({ control }) => control).join(', ');
  return {
    ...requestedByPortcullis(`the change that took it away is reverted: ${why}`, cell.ports.clock),
    rules: accepted,
    refused: [...refused, ...unproven.map((rule) => ({ rule, reason: proof.because }))],
  };
}
