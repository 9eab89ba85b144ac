import type { CommandResult } from '../../domain/command.ts';
import type { Attachment, Rule } from '../../domain/group.ts';
import type { Attribution } from '../../domain/identity.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import { remediationId } from '../../domain/remediation-id.ts';
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

/** What the record of a migration says of itself. */
export interface MigrationTrail {
  /** Interfaces that it put under the replacement. */
  readonly moved: ReadonlySet<string>;
  /** Interfaces that EC2 refused to change in this run, and its reason. */
  readonly stuck: ReadonlyMap<string, string>;
}

/** A rule with the default group wherever it has the replacement. */
function originalKey(rule: Rule, { group }: Replacement, oldId: string): string {
  return contentKey(
    namesGroup(rule, group.id) && rule.source.kind === 'group'
      ? { ...rule, source: { ...rule.source, groupId: oldId } }
      : rule,
  );
}

/** Rules of a group that let through what the default group's rules would not: taking the replacement away would cut that off. */
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
  scene: DefaultGroupState,
  replacement: Replacement,
  trail: MigrationTrail,
): readonly string[] {
  return [
    ...ruleObjections(scene, replacement),
    ...replacement.referencedBy.flatMap((reference) => attachesAgain(reference, replacement.group.id) ?? []),
    ...unidentifiedInterfaces(replacement.attachments, replacement.group.id),
    ...replacement.attachments.flatMap((one) => interfaceObjections(one, replacement, scene.old.id, trail)),
    ...stuckObjections(replacement, trail),
  ];
}

/** Rules that were added to other groups, and to the default group, for the migration: they keep the replacement from being deleted. */
function doubles({ old, naming }: DefaultGroupState, { group }: Replacement): readonly Rule[] {
  return [...old.rules, ...naming.flatMap(({ group }) => group.rules)].filter((rule) => namesGroup(rule, group.id));
}

/**
 * The way back, one stretch from what stands: put the default group on every interface beside its replacement, only then take the
 * replacement off; once the doubled rules are gone, delete it. Refused where the default group no longer lets through what the
 * replacement does, or where others have begun to use the replacement.
 *
 * What the replacement did not have is in force again for the interfaces: that is what going back means.
 */
function planRollBack(scene: DefaultGroupState, trail: MigrationTrail): NextSteps {
  const { replacement, old } = scene;
  if (replacement === undefined) return { kind: 'finished', open: [] };
  const because = rollBackObjections(scene, replacement, trail);
  if (because.length > 0) return { kind: 'refused', because };
  const { group, attachments } = replacement;
  const lacking = attachments.filter((one) => !isInGroup(one, old.id));
  if (lacking.length > 0) return nextSteps(lacking.map((one) => attachStep(one, old.id)));
  if (attachments.length > 0) return nextSteps(attachments.map((one) => detachStep(one, group.id)));
  const rules = doubles(scene, replacement);
  return nextSteps([rules.length > 0 ? { do: 'take-back', rules } : { do: 'delete', groupId: group.id }]);
}

function rollBackSteps(scene: DefaultGroupState, run: MigrationRun): NextSteps {
  const moved = putUnder(run.progress, scene.replacement?.group.id ?? '');
  return planRollBack(scene, { moved, stuck: run.stuck });
}

async function announce(
  what: 'rolled-back' | 'migration-stopped',
  because: readonly string[],
  run: MigrationRun,
): Promise<void> {
  const id = `${remediationId(run.entry.plan)} ${what} after ${run.progress.length} steps`;
  await run.cell.ports.notifier.notify({ id, what, entry: run.entry, because });
}

/** Every interface is under the default group, or under both: nobody has lost anything. */
async function stop(because: readonly string[], run: MigrationRun): Promise<CommandResult> {
  if (run.steps.length === 0) return refuse(...because);
  await announce('migration-stopped', because, run);
  return refuse(...because, `these steps were taken back until then: ${run.steps.join('; ')}`);
}

function isBegun({ completedSteps }: LedgerEntry): boolean {
  return completedSteps.some(({ step }) => step.startsWith('create '));
}

/**
 * Takes a migration back, the last step first: every interface gets the default group again before the replacement is taken off it, what
 * was added to other groups for the replacement goes, and the replacement is deleted. Asked again, it goes on from what stands.
 *
 * This function cannot remove rules, and is not given leave to: IAM knows the group of a rule that is to be revoked, not what the
 * rule is, so that leave for these few would be leave for all. It puts them on the record and asks the one function that removes, which
 * looks for itself (see take-back.ts), and goes on once they are gone.
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
