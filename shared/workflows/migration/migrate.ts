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

/** What people want to know of it besides the steps. */
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

/** The way of one invocation, and what it last saw. */
function stepPlanner(seen: { remarks: readonly string[] }) {
  return async (scene: DefaultGroupState, run: MigrationRun): Promise<NextSteps> => {
    const verdict = controlObjections(scene, run.like, run.cell.policy, await exemptionsFor(scene, run));
    if (scene.facts.attachments.length > 0) seen.remarks = remarksOn(scene, verdict.leftOut);
    return planMigration(scene, { like: run.like, ...verdict, stuck: run.stuck });
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

/** What was begun stands: it takes nothing from anybody, and it is taken up again or taken back. */
async function stop(open: readonly string[], remarks: readonly string[], run: MigrationRun): Promise<CommandResult> {
  const replacement = replacementIdIn(run.progress);
  if (replacement === undefined) return { kind: 'refused', because: open };
  await announce('migration-stopped', open, run);
  const id = remediationId(run.entry.plan);
  const ways = `the default group keeps its rules; release ${id} again once these are settled, or roll it back`;
  return { kind: 'migrated', replacement, steps: run.steps, open, remarks: [...remarks, ways] };
}

/** Nothing is in the default group any more: what a person released is carried out by the function that removes, decided anew. */
async function strip(remarks: readonly string[], run: MigrationRun): Promise<CommandResult> {
  const replacement = replacementIdIn(run.progress);
  await run.cell.ports.reevaluation.requestApproved(run.entry);
  if (replacement !== undefined) await announce('migrated', remarks, run);
  return { kind: 'migrated', ...(replacement && { replacement }), steps: run.steps, open: [], remarks };
}

/** While the cell is switched down the default group would not be stripped in the end, so that nothing is begun. Throws CallFailed. */
async function switchedDown({ policy, ports }: GrantCell): Promise<readonly string[]> {
  const ceiling = lowerMode(policy.ceiling, await ports.runtimeSwitch.ceiling());
  return lowerMode(ceiling, 'alert') === ceiling
    ? [
        `the policy or the runtime switch lets nothing go further than ${ceiling}: the default group would not be stripped`,
      ]
    : [];
}

/**
 * Moves the members of a default group to a group of their own, then has the default group stripped. Refuses with every reason before
 * anything is touched. Broken off anywhere, it goes on from what stands when it is asked again.
 *
 * @param entry one that a person released, with its answer
 * @throws CallFailed, Unfinished, FactUnread: ask again.
 */
export async function migrate(entry: LedgerEntry, asked: Attribution, cell: GrantCell): Promise<CommandResult> {
  const old = groupOf(entry);
  if (old === undefined) return refuse(`${formatGroup(entry.plan.decision.group)} is in no VPC`);
  const down = await switchedDown(cell);
  if (down.length > 0) return refuse(...down);
  const run = startRun(entry, old, asked, cell);
  const seen: { remarks: readonly string[] } = { remarks: [] };
  const end = await runUntilConverged(stepPlanner(seen), run);
  switch (end.kind) {
    case 'gone':
      return refuse(`${formatGroup(old)} is gone`);
    case 'refused':
      return await stop(end.because, seen.remarks, run);
    case 'stopped':
      return await stop([end.because], seen.remarks, run);
    case 'finished':
      return await (end.open.length > 0 ? stop(end.open, seen.remarks, run) : strip(seen.remarks, run));
    default:
      return end satisfies never;
  }
}
