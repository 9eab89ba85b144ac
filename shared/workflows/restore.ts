import type { Command, CommandResult } from '../domain/command.ts';
import type { Exemption, ModesAfterExemption } from '../domain/exemption.ts';
import type { Rule } from '../domain/group.ts';
import type { Attribution } from '../domain/identity.ts';
import type { LedgerEntry, PostRemovalGrant } from '../domain/ledger.ts';
import { formatGroup, formatRule } from '../network/format.ts';
import { requestedNow } from '../remediation/requested-by.ts';
import type { GrantCell } from './common/cell.ts';
import { afterExemptionsIn, exemptionsForRules, holdExemptions, settleExemptions } from './common/exemptions.ts';
import { grantRules, rulesToGrant } from './common/grant.ts';
import { type CurrentGroup, fetchCurrentGroup, findEntry, withCurrentEntries } from './common/group-snapshot.ts';
import { isAtLeast, objectionLines, objectionsTo } from './common/objections.ts';
import { checkOwnChange } from './common/own-changes.ts';
import { noRemediation, reasonProblems, refuse, stateText, termsOf, termsProblems } from './common/refuse.ts';

/** A request to restore the rules of a remediation. */
export type Restore = Extract<Command, { do: 'restore' }>;

/** The rules to restore, and their group. */
interface Putting {
  readonly entry: LedgerEntry;
  readonly found: CurrentGroup;
  readonly missing: readonly Rule[];
  readonly standing: readonly Rule[];
  readonly asked: Attribution;
}

function problemsOf({ exempt, reason }: Restore): readonly string[] {
  return exempt === undefined ? reasonProblems(reason) : termsProblems(exempt, reason);
}

function idsOf(rules: readonly Rule[]): readonly string[] {
  return rules.map((rule) => rule.id ?? formatRule(rule));
}

function nothing(asked: Attribution): PostRemovalGrant {
  return { ...asked, kind: 'restore', granted: [], refused: [] };
}

/** All rules exist: the answer is the earlier restore, or that somebody else added them. */
function allStand({ entry, standing, asked }: Putting, { dryRun }: Restore): CommandResult {
  const there = new Set(idsOf(standing));
  const first = entry.postRemovalGrants.findLast(
    ({ kind, granted }) => kind === 'restore' && idsOf(granted).every((id) => there.has(id)),
  );
  const remark =
    first === undefined
      ? 'rules of the same content stand already: nothing was granted'
      : `it was restored by ${first.by.name} on ${new Date(first.at).toISOString()} (${first.reason}): nothing was granted again`;
  return {
    kind: 'restored',
    dryRun,
    followUp: first ?? nothing(asked),
    standing: idsOf(standing),
    remarks: [remark],
  };
}

function forbidden(lines: readonly string[]): CommandResult {
  return {
    kind: 'refused',
    because: [
      ...lines.map((line) => `it would violate again: ${line}`),
      'grant an exemption with it (--exempt-days N --owner WHO), or add narrower rules in its place',
    ],
    needs: 'exemption',
  };
}

/** What people will be notified of after the restore. */
function remarksOn(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `people will be told of ${line}`);
}

/** EC2 refused all rules. */
function impossible({ refused }: PostRemovalGrant): CommandResult {
  return refuse(...new Set(refused.map(({ reason }) => reason)));
}

/** How far the policy goes when the exemption of the restored rules ends. */
function afterwardsOf(
  missing: readonly Rule[],
  found: CurrentGroup,
  exemptions: readonly Exemption[],
  { policy }: GrantCell,
): { readonly afterwards?: ModesAfterExemption } {
  if (exemptions.length === 0) return {};
  const { group } = found.groupSnapshot;
  const groupSnapshot = { ...found.groupSnapshot, group: { ...group, rules: [...group.rules, ...missing] } };
  return { afterwards: afterExemptionsIn({ ...found, groupSnapshot }, exemptions, policy) };
}

async function putBack(putting: Putting, command: Restore, cell: GrantCell): Promise<CommandResult> {
  const { entry, found, missing, standing, asked } = putting;
  const exemptions =
    command.exempt === undefined ? [] : await exemptionsForRules(missing, entry, command.exempt, asked);
  const lasting = found.exemptions.filter(({ provisional }) => provisional === undefined);
  const withExemptions = { ...found, exemptions: [...lasting, ...exemptions] };
  const standard = { policy: cell.policy, ceiling: await cell.ports.runtimeSwitch.ceiling(), from: 'alert' } as const;
  const decisions = objectionsTo(missing, withExemptions, standard);
  const closing = objectionLines(
    missing,
    decisions.filter(({ mode }) => isAtLeast(mode, 'approve')),
  );
  if (closing.length > 0) return forbidden(closing);
  const exemption = command.exempt === undefined ? {} : { exemption: termsOf(command.exempt, asked.at) };
  const common = { ...asked, ...exemption, kind: 'restore', refused: [] } as const;
  const afterwards = afterwardsOf(missing, withExemptions, exemptions, cell);
  const answer = { kind: 'restored', dryRun: command.dryRun, standing: idsOf(standing), ...afterwards } as const;
  const remarks = remarksOn(objectionLines(missing, decisions));
  if (command.dryRun) return { ...answer, remarks, followUp: { ...common, granted: missing } };
  const held = await holdExemptions(exemptions, found.exemptions, cell);
  const followUp = await grantRules(
    { ...common, entry, rules: [...missing, ...standing], group: found.groupSnapshot.group },
    cell,
    async (granted) => await settleExemptions(held, granted, cell),
  );
  return followUp.granted.length > 0 ? { ...answer, remarks, followUp } : impossible(followUp);
}

function gone({ plan }: LedgerEntry, taken: readonly Rule[]): CommandResult {
  return refuse(
    `${formatGroup(plan.decision.group)} in ${plan.change.region} is gone, so nothing can be put back into it`,
    ...taken.map((rule) => `it would have been ${formatRule(rule)}: make a group and add it there, if it is needed`),
  );
}

/**
 * Restores exactly the removed rules, with descriptions and tags. Leaves existing rules as they are. Refuses
 * rules that a control would remove or ask about, unless an exemption comes with the request. The exemption
 * is recorded first, and lasts only if the rule is granted. A second restore returns the result of the first.
 * Throws CallFailed, Unfinished.
 */
export async function restore(command: Restore, cell: GrantCell): Promise<CommandResult> {
  const problems = problemsOf(command);
  if (problems.length > 0) return refuse(...problems);
  const entry = await findEntry(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  const taken = entry.outcome?.removed ?? [];
  if (taken.length === 0) return refuse(`${stateText(entry)}: it has removed nothing, so there is nothing to put back`);
  const own = checkOwnChange(command.by, [entry], cell.policy);
  if (own.kind === 'refused') return own.result;
  const { decision, change } = entry.plan;
  const found = await fetchCurrentGroup({ groupId: decision.group.id, region: change.region }, cell);
  if (found === undefined) return gone(entry, taken);
  const share = rulesToGrant(taken, { entry, kind: 'restore', group: found.groupSnapshot.group });
  const missing = await withCurrentEntries(share.missing, change.region, cell);
  const putting = {
    entry,
    found,
    ...share,
    missing,
    asked: { ...requestedNow(command, cell.ports.clock), ...own.mark },
  };
  if (missing.length === 0) return allStand(putting, command);
  return await putBack(putting, command, cell);
}
