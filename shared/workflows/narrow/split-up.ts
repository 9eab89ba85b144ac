import type { Policy } from '../../domain/controls/policy.ts';
import type { FollowUp } from '../../domain/requests/follow-up.ts';
import type { Rule } from '../../domain/rule.ts';
import { ruleKey } from '../../network/rule-key.ts';
import type { Offer } from '../../remediation/remedies/narrow.ts';
import { withoutPorts } from '../../remediation/remedies/narrow-split.ts';
import { accept, strictly } from '../common/accept.ts';
import { objectionsTo } from '../common/objections.ts';
import type { Present } from '../common/present.ts';

const sameRules = (a: readonly Rule[], b: readonly Rule[]): boolean =>
  a.length === b.length && a.every((rule, i) => ruleKey(rule) === ruleKey(b[i] ?? rule));

/**
 * Parts of ranges that stay open to the same source, less every port that a control names in them: any enabled control, also one that only
 * observes. Ends, since each round takes ports away or changes nothing.
 */
const withoutNamed = (parts: readonly Rule[], found: Present, policy: Policy): readonly Rule[] => {
  const decisions = objectionsTo(parts, found, strictly(policy, 'observe'));
  const exposures = decisions.flatMap(({ because }) => because).flatMap((finding) => finding.exposures);
  if (exposures.length === 0) return parts;
  const rest = parts.flatMap((part) => withoutPorts(part, exposures));
  return sameRules(rest, parts) ? parts : withoutNamed(rest, found, policy);
};

/** What is left of the offers that split a range, and the removed rules that nothing is left of. The other offers are as they were. */
export const splitUp = (
  offers: readonly Offer[],
  found: Present,
  policy: Policy,
): { readonly rules: readonly Rule[]; readonly refused: FollowUp['refused'] } => {
  const split = Map.groupBy(
    offers.filter(({ to }) => to === 'split'),
    ({ from }) => ruleKey(from),
  );
  const parts = [...split.values()].map((same) => {
    const rules = same.map(({ rule }) => rule);
    const left = withoutNamed(rules, found, policy);
    return { from: same[0]?.from, left, ...accept(left, found, policy, 'observe') };
  });
  const reason = 'no port of it is left that no control names';
  return {
    rules: [
      ...offers.filter(({ to }) => to !== 'split').map(({ rule }) => rule),
      ...parts.flatMap(({ accepted }) => accepted),
    ],
    refused: parts.flatMap(({ from, left, refused }) =>
      from === undefined || left.length > 0 ? refused : [{ rule: from, reason }],
    ),
  };
};
