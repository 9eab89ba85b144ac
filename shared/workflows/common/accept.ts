import type { Policy } from '../../domain/controls/policy.ts';
import type { Decision } from '../../domain/decision.ts';
import type { FollowUp } from '../../domain/requests/follow-up.ts';
import type { Rule } from '../../domain/rule.ts';
import { objectionsTo, type Standard } from './objections.ts';
import { saidAgainst } from './objections-text.ts';
import type { Present } from './present.ts';

/**
 * Most rules that are granted in place of what one removal took. A group has 60 in each direction, and a grant must not use up the room
 * that people need.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
 */
const MOST_GRANTED = 20;

/** What may be granted, and what may not. */
export interface Accepted {
  readonly accepted: readonly Rule[];
  readonly refused: FollowUp['refused'];
}

/** The policy's controls at their own word: neither a mode of the account or of tags nor the runtime switch makes a grant harmless. */
export const strictly = (policy: Policy, from: Standard['from']): Standard => ({
  policy: { ...policy, ceiling: 'enforce', tagCeilings: [] },
  ceiling: 'enforce',
  from,
});

const refusal = (rule: Rule, decisions: readonly Decision[]) => {
  const said = saidAgainst(rule, decisions);
  return {
    rule,
    reason: `a control forbids it: ${said.length > 0 ? said.join('; ') : 'beside what was granted already'}`,
  };
};

/**
 * Which rules may be granted together in a group as it is: one after the other, each with those before it, so that no control finds
 * anything in the end, whatever the runtime switch says. Pure.
 *
 * @param from the lowest mode that counts: what a control only observes may mostly stand
 */
export const accept = (
  candidates: readonly Rule[],
  found: Present,
  policy: Policy,
  from: 'alert' | 'observe' = 'alert',
): Accepted => {
  const standard = strictly(policy, from);
  const accepted: Rule[] = [];
  const refused: { rule: Rule; reason: string }[] = [];
  for (const rule of candidates) {
    const decisions = objectionsTo([...accepted, rule], found, standard);
    if (decisions.length > 0) refused.push(refusal(rule, decisions));
    else if (accepted.length < MOST_GRANTED) accepted.push(rule);
    else refused.push({ rule, reason: `no more than ${MOST_GRANTED} rules are granted in place of what was removed` });
  }
  return { accepted, refused };
};
