import type { Change, Trigger } from '../domain/change.ts';
import { BASE_32, type Decision, type Plan, type Step } from '../domain/decision.ts';
import type { Direction, Rule } from '../domain/group.ts';
import type { Ledger } from '../domain/ledger.ts';
import { ruleKey } from '../network/rule-key.ts';

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE_32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** Changes that can open a rule again under the same id. */
const REOPENS: ReadonlySet<Trigger> = new Set(['rules-modified', 'prefix-list-changed']);

/**
 * Ids of the events that opened the rules, as far as they are part of the plan's id. A rule that people are
 * only notified of is a new case each time an event opens it again under the same id. So is a decision that
 * names no rule. A rule that was added has a new id of its own, so it is one case for its event and for the
 * sweep.
 */
function reopeningIds({ mode, rules, findings }: Decision, { id, trigger }: Change): readonly string[] {
  const isAnew = findings.some(({ freshness }) => freshness === 'fresh') && REOPENS.has(trigger);
  return rules.length === 0 || (mode !== 'enforce' && isAnew)
    ? [...new Set(findings.flatMap(({ freshness, caseKey = id }) => (freshness === 'fresh' ? caseKey : [])))].toSorted()
    : [];
}

/**
 * What a case is about: its rules. Without rules, the controls and their severity, so that people hear if it
 * gets worse.
 */
function subjectOf({ rules, findings }: Decision): readonly string[] {
  return rules.length > 0 ? rules.map(ruleKey) : findings.map(({ control, severity }) => `${control} ${severity}`);
}

async function hashedName(...lines: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines.join('\n')));
  return base32(new Uint8Array(digest).subarray(0, 16));
}

/**
 * The id of a plan: 26 characters of the SHA-256 of the group, the mode, and the rules with their contents.
 *
 * Two invocations that find the same case compute the same id, so the ledger's conditional write is the lock.
 * It has 128 bits, so that nobody can create a second case with the id of a settled one.
 */
export async function planId(decision: Decision, change: Change): Promise<string> {
  const { group, mode } = decision;
  return await hashedName(group.id, mode, ...subjectOf(decision).toSorted(), ...reopeningIds(decision, change));
}

/** The id of the nth further attempt at a settled plan. The same change always has the same attempts. */
export async function attemptId(settledId: string, { id }: Pick<Change, 'id'>, nth: number): Promise<string> {
  return await hashedName('attempt', settledId, id, String(nth));
}

function standingOf({ rules, findings }: Decision): readonly string[] {
  return rules.length > 0
    ? rules.map(ruleKey)
    : findings.flatMap(({ control, removedRules = [] }) => [control, ...removedRules.map(ruleKey)]);
}

/**
 * The id of a case in other systems. It depends on the group and the rules alone, so that an alert, a removal
 * and a later opening are one case. Without rules, it depends on the controls and on the rules that the
 * change removed.
 */
export async function caseId(decision: Decision): Promise<string> {
  return await hashedName('case', decision.group.id, ...standingOf(decision).toSorted());
}

const DIRECTIONS = ['ingress', 'egress'] as const satisfies readonly Direction[];

function stepsFor(kind: Step['do'], groupId: string, rules: readonly Rule[]): readonly Step[] {
  return DIRECTIONS.flatMap((direction) => {
    const ours = rules.filter((rule) => rule.direction === direction);
    return ours.length === 0 ? [] : [{ do: kind, groupId, direction, rules: ours }];
  });
}

/**
 * Revokes the rules by content, with one call for each direction. The undo authorizes the same rules with
 * their descriptions and tags; they get new ids.
 */
export function revoke({ group, rules }: Decision): {
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
} {
  return {
    steps: stepsFor('revoke', group.id, rules),
    undo: stepsFor('authorize', group.id, rules),
  };
}

/**
 * Maximum size of the rules in one plan, bytes. An item of the ledger may have 400 KB, and a rule may carry
 * 50 tags of 384 characters that do not compress. Without a limit, such tags would make a rule too large to
 * record, and it would stay open.
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
 * The change without what the plan has elsewhere. The decision has the contents of existing rules, and the
 * plan has the approval and the hold. Only the change has the contents of removed rules. Tag requests are
 * applied once.
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

/** The approval, if the person saw every rule of the decision, or every rule that it gives back. */
function approvalOf({ mode, rules, findings }: Decision, { approved }: Change): Pick<Plan, 'approved'> {
  if (mode !== 'enforce' || approved === undefined) return {};
  const approvedKeys = new Set(approved.rules);
  const contents = rules.length > 0 ? rules : findings.flatMap(({ removedRules = [] }) => removedRules);
  return contents.every((content) => approvedKeys.has(ruleKey(content))) ? { approved: approved.approval } : {};
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
 * The plan for a decision. A decision that is too large to record has several plans. Only `enforce` and
 * `approve` have steps.
 */
export async function plansFor(decision: Decision, change: Change, at: number): Promise<readonly Plan[]> {
  const parts = chunks(decision.rules);
  const decisions = parts.length <= 1 ? [decision] : parts.map((rules) => partOf(decision, rules));
  return await Promise.all(decisions.map((one) => planFor(one, change, at)));
}

/** Where the ledger has an approved plan. */
export interface PlanPointer {
  readonly groupId: string;
  readonly planId: string;
}

/**
 * The change that leads to an approved plan: its group is decided anew. Undefined if the ledger does not have
 * the plan as approved, because a request alone proves nothing. Throws CallFailed.
 */
export async function approvedChange(
  { groupId, planId: id }: PlanPointer,
  ledger: Pick<Ledger, 'find'>,
): Promise<Change | undefined> {
  const entry = await ledger.find(groupId, id);
  if (entry?.answer?.verdict !== 'released') return undefined;
  const { verdict: _, ...approval } = entry.answer;
  const { change, decision } = entry.plan;
  return {
    ...change,
    scope: { by: 'group-id', ids: [groupId] },
    approved: {
      planId: id,
      approval,
      rules: [...decision.rules, ...decision.findings.flatMap(({ removedRules = [] }) => removedRules)].map(ruleKey),
    },
  };
}
