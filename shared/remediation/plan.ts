import type { Change, Trigger } from '../domain/change.ts';
import type { Decision, Plan, Step } from '../domain/decision.ts';
import type { Direction, Rule } from '../domain/group.ts';
import type { Ledger } from '../domain/ledger.ts';
import { BASE_32 } from '../domain/remediation-id.ts';
import { ruleKey } from '../network/rule-key.ts';

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE_32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** Changes that open a rule anew which keeps its id: narrowed and widened again, or a list that it names was. */
const REOPENS: ReadonlySet<Trigger> = new Set(['rules-modified', 'prefix-list-changed']);

/**
 * What people are only told of is a new case each time it is opened anew, though the rule has the same id and content as when they
 * were told before. So is what names no rule, such as rules that were taken away. A rule that was added has an id of its own, and is told
 * once, whether its event or a sweep sees it first; so is what was there before.
 */
function reopeningIds({ mode, rules, findings }: Decision, { id, trigger }: Change): readonly string[] {
  const isAnew = findings.some(({ freshness }) => freshness === 'fresh') && REOPENS.has(trigger);
  return rules.length === 0 || (mode !== 'enforce' && isAnew)
    ? [...new Set(findings.flatMap(({ freshness, caseKey = id }) => (freshness === 'fresh' ? caseKey : [])))].toSorted()
    : [];
}

/**
 * What a case is about: its rules; where it names none, the controls, with their severity, so that what got worse is told again.
 */
function subjectOf({ rules, findings }: Decision): readonly string[] {
  return rules.length > 0 ? rules.map(ruleKey) : findings.map(({ control, severity }) => `${control} ${severity}`);
}

async function hashedName(...lines: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines.join('\n')));
  return base32(new Uint8Array(digest).subarray(0, 16));
}

/**
 * Name of a case: 26 characters from the SHA-256 of group, mode, the rules' ids and contents.
 *
 * Two invocations that see the same case arrive at the same name, which makes the ledger's conditional write the lock. 128 bits
 * of it, so that nobody can make a second case with the name of a settled one.
 */
export async function planId(decision: Decision, change: Change): Promise<string> {
  const { group, mode } = decision;
  return await hashedName(group.id, mode, ...subjectOf(decision).toSorted(), ...reopeningIds(decision, change));
}

/** Name of the nth further attempt at a settled case on the occasion of a change: the same change always makes the same attempts. */
export async function attemptId(settledId: string, { id }: Pick<Change, 'id'>, nth: number): Promise<string> {
  return await hashedName('attempt', settledId, id, String(nth));
}

function standingOf({ rules, findings }: Decision): readonly string[] {
  return rules.length > 0
    ? rules.map(ruleKey)
    : findings.flatMap(({ control, removedRules = [] }) => [control, ...removedRules.map(ruleKey)]);
}

/**
 * Name under which other systems know it: of the group and the rules alone, so that what is told first and closed later, or opened
 * anew, is one and the same to them. Where no rule is named, of the controls and what was taken away.
 */
export async function caseId(decision: Decision): Promise<string> {
  return await hashedName('case', decision.group.id, ...standingOf(decision).toSorted());
}

const DIRECTIONS = ['ingress', 'egress'] as const satisfies readonly Direction[];

function steps(kind: Step['do'], groupId: string, rules: readonly Rule[]): readonly Step[] {
  return DIRECTIONS.flatMap((direction) => {
    const ours = rules.filter((rule) => rule.direction === direction);
    return ours.length === 0 ? [] : [{ do: kind, groupId, direction, rules: ours }];
  });
}

/**
 * Remove the rules: one call for each direction, by content. To strip a group is to revoke every rule it has.
 * The undo authorises the same rules again, with their descriptions and tags; they get new ids.
 */
export function revoke({ group, rules }: Decision): {
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
} {
  return {
    steps: steps('revoke', group.id, rules),
    undo: steps('authorize', group.id, rules),
  };
}

/**
 * Most bytes of rules in one plan. The ledger's item takes 400 KB, and a rule may carry 50 tags of 384 characters that do not
 * compress: without a limit, such tags would keep a rule open by making it too large to record.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MOST_BYTES = 150_000;

function sizeOf(rule: Rule): number {
  return new TextEncoder().encode(JSON.stringify(rule)).length;
}

function chunks(rules: readonly Rule[]): readonly (readonly Rule[])[] {
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
}

function partOf(decision: Decision, rules: readonly Rule[]): Decision {
  const own = new Set(rules);
  const because = decision.findings
    .map((finding) => ({ ...finding, rules: finding.rules.filter((rule) => own.has(rule)) }))
    .filter((finding) => finding.rules.length > 0);
  return { ...decision, rules, findings: because };
}

/**
 * The change as a record names it: contents of rules that are there are in the decision already, those of removed ones nowhere else; who
 * let it go and whether it is held is in the plan, and tags were heeded once.
 */
function changeForRecord({
  approved: _released,
  exemptionTags: _tags,
  hold: _hold,
  confirmed: _confirmed,
  ...change
}: Change): Change {
  return change.added.kind === 'rules' && change.trigger !== 'rules-removed'
    ? { ...change, added: { kind: 'rules', ids: change.added.ids, contents: [] } }
    : change;
}

/** Who let it go: every rule of it, or everything that is to be given back. What they did not see is not theirs. */
function approvalOf({ mode, rules, findings }: Decision, { approved }: Change): Pick<Plan, 'approved'> {
  if (mode !== 'enforce' || approved === undefined) return {};
  const seen = new Set(approved.rules);
  const contents = rules.length > 0 ? rules : findings.flatMap(({ removedRules = [] }) => removedRules);
  return contents.every((content) => seen.has(ruleKey(content))) ? { approved: approved.approval } : {};
}

function holdOf({ hold }: Change): Pick<Plan, 'hold'> {
  return hold === undefined ? {} : { hold };
}

async function planFor(decision: Decision, change: Change, at: number): Promise<Plan> {
  const acts = decision.mode === 'enforce' || decision.mode === 'approve';
  const { steps, undo } = acts ? revoke(decision) : { steps: [], undo: [] };
  const id = await planId(decision, change);
  return {
    id,
    decision,
    change: changeForRecord(change),
    steps,
    undo,
    ...approvalOf(decision, change),
    ...holdOf(change),
    at,
  };
}

/**
 * A decision as steps and their undo; several plans only where one would be too large to record. `enforce` and `approve` have steps,
 * an alert touches nothing.
 */
export async function plansFor(decision: Decision, change: Change, at: number): Promise<readonly Plan[]> {
  const parts = chunks(decision.rules);
  const decisions = parts.length <= 1 ? [decision] : parts.map((rules) => partOf(decision, rules));
  return await Promise.all(decisions.map((one) => planFor(one, change, at)));
}

/** Where the ledger has the plan that a person let go. */
export interface PlanPointer {
  readonly groupId: string;
  readonly planId: string;
}

/**
 * The change that a released plan comes to: the group is looked at again as on the first occasion, and decided anew. Undefined where the
 * ledger does not have the plan as released: the pointer alone proves nothing. Throws CallFailed.
 */
export async function approvedChange(
  { groupId, planId }: PlanPointer,
  ledger: Pick<Ledger, 'find'>,
): Promise<Change | undefined> {
  const entry = await ledger.find(groupId, planId);
  if (entry?.answer?.verdict !== 'released') return undefined;
  const { verdict: _, ...asked } = entry.answer;
  const { change, decision } = entry.plan;
  return {
    ...change,
    scope: { by: 'group-id', ids: [groupId] },
    approved: {
      planId,
      approval: asked,
      rules: [...decision.rules, ...decision.findings.flatMap(({ removedRules = [] }) => removedRules)].map(ruleKey),
    },
  };
}
