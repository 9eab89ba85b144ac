import type { CommandResult } from '../../domain/command.ts';
import { remediationId } from '../../domain/decision.ts';
import type { Attachment, Rule } from '../../domain/group.ts';
import type { Attribution } from '../../domain/identity.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import { formatGroup, formatRule } from '../../network/format.ts';
import { contentKey } from '../../network/rule-key.ts';
import type { GrantCell } from '../common/cell.ts';
import { refuse, stateText } from '../common/refuse.ts';
import { commandFor, isManaged } from './interfaces.ts';
import {
  attachesAgain,
  attachStep,
  detachStep,
  type NextSteps,
  nextSteps,
  unidentifiedInterfaces,
} from './plan-migration.ts';
import { type DefaultGroupState, isInGroup, namesGroup, type Replacement } from './replacement.ts';
import { groupOf, type MigrationRun, putUnder, startRun } from './run.ts';
import { runUntilConverged } from './run-steps.ts';

/** What the ledger entry of a migration records. */
interface MigrationTrail {
  /** Interfaces to which the migration attached the replacement. */
  readonly moved: ReadonlySet<string>;
  /** Interfaces that EC2 refused to change in this run, and its reason. */
  readonly stuck: ReadonlyMap<string, string>;
}

/** The key of a rule with the default group in place of the replacement. */
function originalKey(rule: Rule, { group }: Replacement, oldId: string): string {
  return contentKey(
    namesGroup(rule, group.id) && rule.source.kind === 'group'
      ? { ...rule, source: { ...rule.source, groupId: oldId } }
      : rule,
  );
}

/**
 * Rules that admit something which the default group's rules would not admit. Detaching the replacement would
 * cut that off.
 */
function rulesWithoutCounterpart(
  rules: readonly Rule[],
  standing: readonly Rule[],
  replacement: Replacement,
  oldId: string,
) {
  const stand = new Set(standing.map(contentKey));
  return rules.filter((rule) => !stand.has(originalKey(rule, replacement, oldId)));
}

function ruleObjections({ old, naming }: DefaultGroupState, replacement: Replacement): readonly string[] {
  const { group } = replacement;
  const own =
    replacement.attachments.length === 0 ? [] : rulesWithoutCounterpart(group.rules, old.rules, replacement, old.id);
  const others = naming.flatMap(({ group: one }) => {
    const rules = one.rules.filter((rule) => namesGroup(rule, group.id));
    return rulesWithoutCounterpart(rules, one.rules, replacement, old.id);
  });
  return [
    ...own.map(
      (rule) =>
        `${group.id} has ${formatRule(rule)}, and ${old.id} has not: give it the same rule first (if it was stripped: restore it)`,
    ),
    ...others.map(
      (rule) =>
        `${formatRule(rule)} of ${rule.groupId} admits the replacement, and nothing there admits ${old.id}: somebody has changed it since; change it back or remove it`,
    ),
  ];
}

function interfaceObjections(attachment: Attachment, { group }: Replacement, oldId: string, { moved }: MigrationTrail) {
  const { interfaceId } = attachment;
  const command = commandFor(attachment, { from: group.id, to: oldId });
  if (isManaged(attachment))
    return [`${interfaceId} is under ${group.id} and managed by its service; move it with: ${command}`];
  if (isInGroup(attachment, oldId) || moved.has(interfaceId)) return [];
  return [`${interfaceId} was put under ${group.id} by somebody else; move it with: ${command}`];
}

function stuckObjections(replacement: Replacement, { stuck }: MigrationTrail): readonly string[] {
  return replacement.attachments.flatMap(({ interfaceId }) => {
    const why = stuck.get(interfaceId);
    return why === undefined ? [] : [`${interfaceId} could not be changed: ${why}`];
  });
}

function rollBackObjections(
  state: DefaultGroupState,
  replacement: Replacement,
  trail: MigrationTrail,
): readonly string[] {
  return [
    ...ruleObjections(state, replacement),
    ...replacement.referencedBy.flatMap((reference) => attachesAgain(reference, replacement.group.id) ?? []),
    ...unidentifiedInterfaces(replacement.attachments, replacement.group.id),
    ...replacement.attachments.flatMap((one) => interfaceObjections(one, replacement, state.old.id, trail)),
    ...stuckObjections(replacement, trail),
  ];
}

/**
 * Rules that were added to the default group and to other groups for the migration. The replacement cannot be
 * deleted while they exist.
 */
function doubles({ old, naming }: DefaultGroupState, replacement: Replacement): readonly Rule[] {
  const rules = [...old.rules, ...naming.flatMap(({ group }) => group.rules)];
  return rules.filter((rule) => namesGroup(rule, replacement.group.id));
}

/**
 * Plans the next steps of a rollback: attach the default group to every interface beside its replacement,
 * only then detach the replacement, and delete it after the copied rules are gone. Refuses if the default
 * group no longer admits what the replacement admits, or if others use the replacement. Rules of the default
 * group that the replacement did not have apply to the interfaces again.
 */
function planRollBack(state: DefaultGroupState, trail: MigrationTrail): NextSteps {
  const { replacement, old } = state;
  if (replacement === undefined) return { kind: 'finished', open: [] };
  const because = rollBackObjections(state, replacement, trail);
  if (because.length > 0) return { kind: 'refused', because };
  const { group, attachments } = replacement;
  const lacking = attachments.filter((one) => !isInGroup(one, old.id));
  if (lacking.length > 0) return nextSteps(lacking.map((one) => attachStep(one, old.id)));
  if (attachments.length > 0) return nextSteps(attachments.map((one) => detachStep(one, group.id)));
  const rules = doubles(state, replacement);
  return nextSteps([rules.length > 0 ? { do: 'take-back', rules } : { do: 'delete', groupId: group.id }]);
}

function rollBackSteps(state: DefaultGroupState, run: MigrationRun): NextSteps {
  const moved = putUnder(run.progress, state.replacement?.group.id ?? '');
  return planRollBack(state, { moved, stuck: run.stuck });
}

async function announce(
  what: 'rolled-back' | 'migration-stopped',
  because: readonly string[],
  run: MigrationRun,
): Promise<void> {
  const id = `${remediationId(run.entry.plan)} ${what} after ${run.progress.length} steps`;
  await run.cell.ports.notifier.notify({ id, what, entry: run.entry, because });
}

/** Stops the rollback. Every interface has the default group, or both groups, so nobody has lost access. */
async function stop(because: readonly string[], run: MigrationRun): Promise<CommandResult> {
  if (run.steps.length === 0) return refuse(...because);
  await announce('migration-stopped', because, run);
  return refuse(...because, `these steps were taken back until then: ${run.steps.join('; ')}`);
}

function isBegun({ completedSteps }: LedgerEntry): boolean {
  return completedSteps.some(({ step }) => step.startsWith('create '));
}

/**
 * Rolls back a migration, last step first: attaches the default group to every interface before it detaches
 * the replacement, removes what was added to other groups, and deletes the replacement. A retry continues
 * from the current state.
 *
 * This function cannot remove rules. IAM knows only the group of a rule, so a permission for these few rules
 * would be a permission for all. It records the rules, requests their removal by on-change (see
 * take-back.ts), and continues when they are gone.
 *
 * @throws CallFailed, Unfinished, FactUnread: ask again.
 */
export async function rollBack(entry: LedgerEntry, asked: Attribution, cell: GrantCell): Promise<CommandResult> {
  const old = groupOf(entry);
  if (old === undefined || entry.plan.decision.remedy !== 'migrate')
    return refuse(`${stateText(entry)}: it is no migration, so there is nothing to roll back`);
  const run = startRun(entry, old, asked, cell);
  const end = await runUntilConverged(rollBackSteps, run);
  switch (end.kind) {
    case 'gone':
      return refuse(`${formatGroup(old)} is gone, so that nothing can be moved back into it`);
    case 'refused':
      return await stop(end.because, run);
    case 'stopped':
      return await stop([end.because], run);
    case 'finished':
      if (run.steps.length === 0 && !isBegun(entry))
        return refuse('nothing has been moved, so there is nothing to roll back');
      await announce('rolled-back', run.steps, run);
      return { kind: 'rolled-back', steps: run.steps };
    default:
      return end satisfies never;
  }
}
