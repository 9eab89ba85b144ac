import type { Change } from '../../domain/change.ts';
import type { Decision, Outcome } from '../../domain/decision.ts';
import { FactUnread, Unfinished } from '../../domain/errors.ts';
import type { Group } from '../../domain/group.ts';
import type { Entry } from '../../domain/ledger.ts';
import type { Sighting } from '../../domain/ports.ts';
import type { Rule } from '../../domain/rule.ts';
import { ruleKey } from '../../network/rule-key.ts';
import { identityOf } from '../../network/text/peer.ts';
import { carryOut } from '../../remediation/carry-out.ts';
import type { Cell } from '../../remediation/cell.ts';
import { plansFor } from '../../remediation/plan.ts';
import type { ReleasePointer } from '../../remediation/released.ts';
import { side } from '../../remediation/side.ts';
import { type TakeBack, takeBacksIn } from './record.ts';

const CONTROL = 'default-group-rules';

const DETAIL = 'it was added while members of a default group were moved, and serves nobody any more';

const groupsOf = ({ groupId, source }: Rule): readonly string[] =>
  source.kind === 'group' ? [groupId, source.groupId] : [groupId];

/** A rule between two groups lets nothing through while one of them is on no interface. */
const isIdle = (rule: Rule, sightings: readonly Sighting[]): boolean =>
  rule.source.kind === 'group' &&
  sightings.some(({ group, facts }) => groupsOf(rule).includes(group.id) && facts.attachments?.length === 0);

const decisionOn = (group: Group, rules: readonly Rule[]): Decision => ({
  group: identityOf(group),
  rules,
  others: group.rules.length - rules.length,
  because: [{ control: CONTROL, severity: 'low', freshness: 'existing', rules, exposures: [], detail: DETAIL }],
  mode: 'enforce',
  remedy: 'revoke',
  limits: [],
});

const changeFor = ({ plan }: Entry, groupId: string, { asked, rules }: TakeBack): Change => ({
  ...plan.change,
  scope: { by: 'group-id', ids: [groupId] },
  brought: { kind: 'unknown' },
  released: { planId: plan.id, asked, rules: rules.map(ruleKey) },
});

const takeOne = async (asked: TakeBack, entry: Entry, cell: Cell): Promise<readonly Outcome[]> => {
  const { ports } = cell;
  const ids = [...new Set(asked.rules.flatMap(groupsOf))];
  const { sightings, unread } = await ports.groups.look({ by: 'group-id', ids }, new Set(['attachments']));
  if (unread.length > 0) throw new Unfinished(unread);
  const keys = new Set(asked.rules.map(ruleKey));
  const standing = sightings.map(({ group }) => ({
    group,
    rules: group.rules.filter((rule) => keys.has(ruleKey(rule))),
  }));
  const busy = standing.flatMap(({ rules }) => rules.filter((rule) => !isIdle(rule, sightings)));
  if (busy.length > 0)
    throw new FactUnread(`whether ${busy.map(({ id }) => id).join(', ')} can go`, 'both of its groups are in use');
  const decisions = standing
    .filter(({ rules }) => rules.length > 0)
    .map(({ group, rules }) => decisionOn(group, rules));
  const now = ports.clock.now();
  const plans = await Promise.all(decisions.map((one) => plansFor(one, changeFor(entry, one.group.id, asked), now)));
  const { outcomes, faults } = await side(plans.flat().map((plan) => carryOut(plan, cell)));
  if (faults.length > 0) throw new Unfinished(faults);
  return outcomes.flatMap(({ outcome }) => outcome ?? []);
};

/**
 * Removes what a migration added for its own time, for the function that grants, which cannot. The record of the entry names the rules; what
 * is removed is decided here, on what is there now: a rule that is unchanged, between two groups of which one is on no interface, so
 * that nobody can lose anything by it, whatever the record says. Each removal is on the ledger with its undo, as any other.
 *
 * @throws CallFailed, Unfinished; FactUnread while both groups of a rule are in use, or a look still shows them so.
 */
export const takeBack = async ({ groupId, planId }: ReleasePointer, cell: Cell): Promise<readonly Outcome[]> => {
  const entry = await cell.ports.ledger.find(groupId, planId);
  const latest = entry && takeBacksIn(entry.progress).at(-1);
  return entry === undefined || latest === undefined ? [] : await takeOne(latest, entry, cell);
};
