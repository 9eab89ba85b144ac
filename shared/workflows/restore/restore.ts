import type { AfterExemption } from '../../domain/after-exemption.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Entry } from '../../domain/ledger.ts';
import type { Command, CommandResult } from '../../domain/requests/command.ts';
import type { FollowUp } from '../../domain/requests/follow-up.ts';
import type { Asked } from '../../domain/requests/person.ts';
import type { Rule } from '../../domain/rule.ts';
import { formatRule } from '../../network/text/format.ts';
import { formatGroup } from '../../network/text/format-group.ts';
import { askedNow } from '../../remediation/asked.ts';
import { afterExemptionsIn } from '../common/after-exemption.ts';
import type { GrantCell } from '../common/cell.ts';
import { entryOf } from '../common/entry.ts';
import { give, shareOf } from '../common/give.ts';
import { holdLeave, leavesFor, settleLeave } from '../common/leave.ts';
import { withPresentEntries } from '../common/lists.ts';
import { isAtLeast, objectionsTo } from '../common/objections.ts';
import { objectionLines } from '../common/objections-text.ts';
import { ownChangeOf } from '../common/opened-by-asker.ts';
import { type Present, present } from '../common/present.ts';
import { noRemediation, refuse, stateText } from '../common/refuse.ts';
import { reasonProblems, termsOf, termsProblems } from '../common/terms.ts';

/** A request to put back what a remediation took. */
export type Restore = Extract<Command, { do: 'restore' }>;

/** What is about to happen: the rules to put back, and the group that they go into. */
interface Putting {
  readonly entry: Entry;
  readonly found: Present;
  readonly missing: readonly Rule[];
  readonly standing: readonly Rule[];
  readonly asked: Asked;
}

const problemsOf = ({ exempt, reason }: Restore): readonly string[] =>
  exempt === undefined ? reasonProblems(reason) : termsProblems(exempt, reason);

const idsOf = (rules: readonly Rule[]): readonly string[] => rules.map((rule) => rule.id ?? formatRule(rule));

const nothing = (asked: Asked): FollowUp => ({ ...asked, kind: 'restore', granted: [], refused: [] });

/** All of it stands: what an earlier restore did is told, or that somebody else was faster. */
const allStand = ({ entry, standing, asked }: Putting, { dryRun }: Restore): CommandResult => {
  const there = new Set(idsOf(standing));
  const first = entry.followUps.findLast(
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
};

const forbidden = (lines: readonly string[]): CommandResult => ({
  kind: 'refused',
  because: [
    ...lines.map((line) => `it would violate again: ${line}`),
    'grant an exemption with it (--exempt-days N --owner WHO), or add narrower rules in its place',
  ],
  needs: 'exemption',
});

/** What controls will tell people of once the rules stand, though they close nothing. */
const remarksOn = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `people will be told of ${line}`);

/** EC2 would not have any of them. */
const impossible = ({ refused }: FollowUp): CommandResult => refuse(...new Set(refused.map(({ reason }) => reason)));

/** What becomes of the rules once the exemption that goes with them has ended. */
const afterwardsOf = (
  missing: readonly Rule[],
  found: Present,
  leaves: readonly Exemption[],
  { policy }: GrantCell,
): { readonly afterwards?: AfterExemption } => {
  if (leaves.length === 0) return {};
  const { group } = found.sighting;
  const sighting = { ...found.sighting, group: { ...group, rules: [...group.rules, ...missing] } };
  return { afterwards: afterExemptionsIn({ ...found, sighting }, leaves, policy) };
};

const putBack = async (putting: Putting, command: Restore, cell: GrantCell): Promise<CommandResult> => {
  const { entry, found, missing, standing, asked } = putting;
  const leaves = command.exempt === undefined ? [] : await leavesFor(missing, entry, command.exempt, asked);
  const lasting = found.exemptions.filter(({ provisional }) => provisional === undefined);
  const withLeave = { ...found, exemptions: [...lasting, ...leaves] };
  const standard = { policy: cell.policy, ceiling: await cell.ports.switch.ceiling(), from: 'alert' } as const;
  const decisions = objectionsTo(missing, withLeave, standard);
  const closing = objectionLines(
    missing,
    decisions.filter(({ mode }) => isAtLeast(mode, 'approve')),
  );
  if (closing.length > 0) return forbidden(closing);
  const leave = command.exempt === undefined ? {} : { leave: termsOf(command.exempt, asked.at) };
  const common = { ...asked, ...leave, kind: 'restore', refused: [] } as const;
  const afterwards = afterwardsOf(missing, withLeave, leaves, cell);
  const answer = { kind: 'restored', dryRun: command.dryRun, standing: idsOf(standing), ...afterwards } as const;
  const remarks = remarksOn(objectionLines(missing, decisions));
  if (command.dryRun) return { ...answer, remarks, followUp: { ...common, granted: missing } };
  const held = await holdLeave(leaves, found.exemptions, cell);
  const followUp = await give(
    { ...common, entry, rules: [...missing, ...standing], group: found.sighting.group },
    cell,
    async (granted) => await settleLeave(held, granted, cell),
  );
  return followUp.granted.length > 0 ? { ...answer, remarks, followUp } : impossible(followUp);
};

const gone = ({ plan }: Entry, taken: readonly Rule[]): CommandResult =>
  refuse(
    `${formatGroup(plan.decision.group)} in ${plan.change.region} is gone, so nothing can be put back into it`,
    ...taken.map((rule) => `it would have been ${formatRule(rule)}: make a group and add it there, if it is needed`),
  );

/**
 * Puts back exactly what a remediation took, with descriptions and tags; a rule that stands already is left as it is. What a control
 * would close or ask to close again is refused, unless an exemption is granted with it, which is recorded first and runs only if the
 * rule was granted. Restoring twice tells what the first did. Throws CallFailed, Unfinished.
 */
export const restore = async (command: Restore, cell: GrantCell): Promise<CommandResult> => {
  const problems = problemsOf(command);
  if (problems.length > 0) return refuse(...problems);
  const entry = await entryOf(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  const taken = entry.outcome?.removed ?? [];
  if (taken.length === 0) return refuse(`${stateText(entry)}: it has removed nothing, so there is nothing to put back`);
  const own = ownChangeOf(command.by, [entry], cell.policy);
  if (own.kind === 'refused') return own.result;
  const { decision, change } = entry.plan;
  const found = await present({ groupId: decision.group.id, region: change.region }, cell);
  if (found === undefined) return gone(entry, taken);
  const share = shareOf(taken, { entry, kind: 'restore', group: found.sighting.group });
  const missing = await withPresentEntries(share.missing, change.region, cell);
  const putting = { entry, found, ...share, missing, asked: { ...askedNow(command, cell.ports.clock), ...own.mark } };
  if (missing.length === 0) return allStand(putting, command);
  return await putBack(putting, command, cell);
};
