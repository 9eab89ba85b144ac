import type { CommandResult } from '../../domain/command.ts';
import { lowerMode } from '../../domain/control-options.ts';
import { remediationId } from '../../domain/decision.ts';
import type { Attribution } from '../../domain/identity.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import { formatGroup, formatRule } from '../../network/format.ts';
import { contentKey } from '../../network/rule-key.ts';
import type { GrantCell } from '../common/cell.ts';
import { refuse } from '../common/refuse.ts';
import { controlObjections } from './objections.ts';
import { type NextSteps, planMigration } from './plan-migration.ts';
import { type DefaultGroupState, namesGroup } from './replacement.ts';
import { exemptionsFor, groupOf, type MigrationRun, replacementIdIn, startRun } from './run.ts';
import { runUntilConverged } from './run-steps.ts';

/** What people should know besides the steps. */
function remarksOn({ old, naming }: DefaultGroupState, leftOut: ReadonlySet<string>): readonly string[] {
  return [
    ...old.rules
      .filter((rule) => leftOut.has(contentKey(rule)))
      .map((rule) => `the replacement does not have ${formatRule(rule)}, which a control would close`),
    ...naming.flatMap(({ group }) =>
      group.rules
        .filter((rule) => namesGroup(rule, old.id))
        .map(
          (rule) => `${formatGroup(group)} still has ${formatRule(rule)}, which nothing needs once the group is empty`,
        ),
    ),
  ];
}

/** Plans the next steps, and keeps the remarks about the last state. */
function stepPlanner(last: { remarks: readonly string[] }) {
  return async (state: DefaultGroupState, run: MigrationRun): Promise<NextSteps> => {
    const verdict = controlObjections(state, run.like, run.cell.policy, await exemptionsFor(state, run));
    if (state.facts.attachments.length > 0) last.remarks = remarksOn(state, verdict.leftOut);
    return planMigration(state, { like: run.like, ...verdict, stuck: run.stuck });
  };
}

async function announce(
  what: 'migrated' | 'migration-stopped',
  because: readonly string[],
  run: MigrationRun,
): Promise<void> {
  const id = `${remediationId(run.entry.plan)} ${what} after ${run.progress.length} steps`;
  await run.cell.ports.notifier.notify({ id, what, entry: run.entry, because });
}

/**
 * Stops the migration. What was done stays: nobody loses access, and the migration can be continued or rolled
 * back.
 */
async function stop(open: readonly string[], remarks: readonly string[], run: MigrationRun): Promise<CommandResult> {
  const replacement = replacementIdIn(run.progress);
  if (replacement === undefined) return { kind: 'refused', because: open };
  await announce('migration-stopped', open, run);
  const id = remediationId(run.entry.plan);
  const ways = `the default group keeps its rules; release ${id} again once these are settled, or roll it back`;
  return { kind: 'migrated', replacement, steps: run.steps, open, remarks: [...remarks, ways] };
}

/**
 * Nothing uses the default group any more: requests the removal of its rules, which on-change decides anew.
 */
async function strip(remarks: readonly string[], run: MigrationRun): Promise<CommandResult> {
  const replacement = replacementIdIn(run.progress);
  await run.cell.ports.reevaluation.requestApproved(run.entry);
  if (replacement !== undefined) await announce('migrated', remarks, run);
  return { kind: 'migrated', ...(replacement && { replacement }), steps: run.steps, open: [], remarks };
}

/**
 * Why a migration is not started: with limited modes, the rules of the default group would not be removed in
 * the end. Throws CallFailed.
 */
async function switchedDown({ policy, ports }: GrantCell): Promise<readonly string[]> {
  const ceiling = lowerMode(policy.ceiling, await ports.runtimeSwitch.ceiling());
  return lowerMode(ceiling, 'alert') === ceiling
    ? [
        `the policy or the runtime switch lets nothing go further than ${ceiling}: the default group would not be stripped`,
      ]
    : [];
}

/**
 * Moves the members of a default group to a group of their own, and then requests the removal of the default
 * group's rules. Refuses with all reasons before it changes anything. A retry continues from the current
 * state.
 *
 * @param entry with its approval
 * @throws CallFailed, Unfinished, FactUnread: ask again.
 */
export async function migrate(entry: LedgerEntry, asked: Attribution, cell: GrantCell): Promise<CommandResult> {
  const old = groupOf(entry);
  if (old === undefined) return refuse(`${formatGroup(entry.plan.decision.group)} is in no VPC`);
  const down = await switchedDown(cell);
  if (down.length > 0) return refuse(...down);
  const run = startRun(entry, old, asked, cell);
  const last: { remarks: readonly string[] } = { remarks: [] };
  const end = await runUntilConverged(stepPlanner(last), run);
  switch (end.kind) {
    case 'gone':
      return refuse(`${formatGroup(old)} is gone`);
    case 'refused':
      return await stop(end.because, last.remarks, run);
    case 'stopped':
      return await stop([end.because], last.remarks, run);
    case 'finished':
      return await (end.open.length > 0 ? stop(end.open, last.remarks, run) : strip(last.remarks, run));
    default:
      return end satisfies never;
  }
}
