import type { Change } from '../domain/change.ts';
import type { Decision, Plan } from '../domain/decision.ts';
import type { Rule } from '../domain/rule.ts';
import { ruleKey } from '../network/rule-key.ts';
import { planId } from './plan-id.ts';
import { revoke } from './remedies/revoke.ts';

/**
 * Most bytes of rules in one plan. The ledger's item takes 400 KB, and a rule may carry 50 tags of 384 characters that do not
 * compress: without a limit, such tags would keep a rule open by making it too large to record.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MOST_BYTES = 150_000;

const sizeOf = (rule: Rule): number => new TextEncoder().encode(JSON.stringify(rule)).length;

const chunks = (rules: readonly Rule[]): readonly (readonly Rule[])[] => {
  const all: Rule[][] = [];
  let room = 0;
  for (const rule of rules) {
    room -= sizeOf(rule);
    const last = all.at(-1);
    if (last !== undefined && room >= 0) last.push(rule);
    else {
      all.push([rule]);
      room = MOST_BYTES - sizeOf(rule);
    }
  }
  return all;
};

const part = (decision: Decision, rules: readonly Rule[]): Decision => {
  const own = new Set(rules);
  const because = decision.because
    .map((finding) => ({ ...finding, rules: finding.rules.filter((rule) => own.has(rule)) }))
    .filter((finding) => finding.rules.length > 0);
  return { ...decision, rules, because };
};

/**
 * The change as a record names it: contents of rules that are there are in the decision already, those of removed ones nowhere else; who
 * let it go and whether it is held is in the plan, and tags were heeded once.
 */
const pointer = ({
  released: _released,
  exemptionTags: _tags,
  hold: _hold,
  confirmed: _confirmed,
  ...change
}: Change): Change =>
  change.brought.kind === 'rules' && change.trigger !== 'rules-removed'
    ? { ...change, brought: { kind: 'rules', ids: change.brought.ids, contents: [] } }
    : change;

/** Who let it go: every rule of it, or everything that is to be given back. What they did not see is not theirs. */
const releaseOf = ({ mode, rules, because }: Decision, { released }: Change): Pick<Plan, 'released'> => {
  if (mode !== 'enforce' || released === undefined) return {};
  const seen = new Set(released.rules);
  const contents = rules.length > 0 ? rules : because.flatMap(({ lost = [] }) => lost);
  return contents.every((content) => seen.has(ruleKey(content))) ? { released: released.asked } : {};
};

const holdOf = ({ hold }: Change): Pick<Plan, 'hold'> => (hold === undefined ? {} : { hold });

const planFor = async (decision: Decision, change: Change, at: number): Promise<Plan> => {
  const acts = decision.mode === 'enforce' || decision.mode === 'approve';
  const { steps, undo } = acts ? revoke(decision) : { steps: [], undo: [] };
  const id = await planId(decision, change);
  return { id, decision, change: pointer(change), steps, undo, ...releaseOf(decision, change), ...holdOf(change), at };
};

/**
 * A decision as steps and their undo; several plans only where one would be too large to record. `enforce` and `approve` have steps,
 * an alert touches nothing.
 */
export const plansFor = async (decision: Decision, change: Change, at: number): Promise<readonly Plan[]> => {
  const parts = chunks(decision.rules);
  const decisions = parts.length <= 1 ? [decision] : parts.map((rules) => part(decision, rules));
  return await Promise.all(decisions.map((one) => planFor(one, change, at)));
};
