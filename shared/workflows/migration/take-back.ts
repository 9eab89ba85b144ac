import type { Change } from '../../domain/change.ts';
import type { Decision, Outcome } from '../../domain/decision.ts';
import type { GroupSnapshot } from '../../domain/ec2.ts';
import { FactUnread, Unfinished } from '../../domain/errors.ts';
import type { Group, Rule } from '../../domain/group.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import { identityOf } from '../../network/group-facts.ts';
import { ruleKey } from '../../network/rule-key.ts';
import type { RemediationCell } from '../../remediation/cell.ts';
import { executePlan } from '../../remediation/execute-plan.ts';
import { type PlanPointer, plansFor } from '../../remediation/plan.ts';
import { settleAll } from '../../remediation/settle-all.ts';
import { type TakeBack, takeBacksIn } from './run.ts';

const CONTROL = 'default-group-rules';

const DETAIL = 'it was added while members of a default group were moved, and serves nobody any more';

function groupsOf({ groupId, source }: Rule): readonly string[] {
  return source.kind === 'group' ? [groupId, source.groupId] : [groupId];
}

/** A rule between two groups admits nothing while one of them has no interface. */
function isIdle(rule: Rule, groups: readonly GroupSnapshot[]): boolean {
  return (
    rule.source.kind === 'group' &&
    groups.some(({ group, facts }) => groupsOf(rule).includes(group.id) && facts.attachments?.length === 0)
  );
}

function decisionOn(group: Group, rules: readonly Rule[]): Decision {
  return {
    group: identityOf(group),
    rules,
    otherRuleCount: group.rules.length - rules.length,
    findings: [{ control: CONTROL, severity: 'low', freshness: 'existing', rules, exposures: [], detail: DETAIL }],
    mode: 'enforce',
    remedy: 'revoke',
    limits: [],
  };
}

function changeFor({ plan }: LedgerEntry, groupId: string, { asked, rules }: TakeBack): Change {
  return {
    ...plan.change,
    scope: { by: 'group-id', ids: [groupId] },
    added: { kind: 'unknown' },
    approved: { planId: plan.id, approval: asked, rules: rules.map(ruleKey) },
  };
}

async function takeOne(asked: TakeBack, entry: LedgerEntry, cell: RemediationCell): Promise<readonly Outcome[]> {
  const { ports } = cell;
  const ids = [...new Set(asked.rules.flatMap(groupsOf))];
  const { groups, unread } = await ports.groups.fetchSnapshot({ by: 'group-id', ids }, new Set(['attachments']));
  if (unread.length > 0) throw new Unfinished(unread);
  const keys = new Set(asked.rules.map(ruleKey));
  const standing = groups.map(({ group }) => ({
    group,
    rules: group.rules.filter((rule) => keys.has(ruleKey(rule))),
  }));
  const busy = standing.flatMap(({ rules }) => rules.filter((rule) => !isIdle(rule, groups)));
  if (busy.length > 0)
    throw new FactUnread(`whether ${busy.map(({ id }) => id).join(', ')} can go`, 'both of its groups are in use');
  const decisions = standing
    .filter(({ rules }) => rules.length > 0)
    .map(({ group, rules }) => decisionOn(group, rules));
  const now = ports.clock.now();
  const plans = await Promise.all(decisions.map((one) => plansFor(one, changeFor(entry, one.group.id, asked), now)));
  const { outcomes, faults } = await settleAll(plans.flat().map((plan) => executePlan(plan, cell)));
  if (faults.length > 0) throw new Unfinished(faults);
  return outcomes.flatMap(({ outcome }) => outcome ?? []);
}

/**
 * Removes rules that a migration added for its duration, for on-grant, which cannot remove rules. The ledger
 * entry names the rules. A rule is removed only if it is unchanged and one of its two groups has no
 * interface, so that nobody loses access whatever the entry says. Each removal has a ledger entry with its
 * undo.
 *
 * @throws CallFailed, Unfinished. FactUnread while both groups of a rule are in use.
 */
export async function takeBack({ groupId, planId }: PlanPointer, cell: RemediationCell): Promise<readonly Outcome[]> {
  const entry = await cell.ports.ledger.find(groupId, planId);
  const latest = entry && takeBacksIn(entry.completedSteps).at(-1);
  return entry === undefined || latest === undefined ? [] : await takeOne(latest, entry, cell);
}
