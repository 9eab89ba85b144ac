import type { Entry } from '../../domain/ledger.ts';
import { remediationId } from '../../domain/remediation-id.ts';
import type { CommandResult } from '../../domain/requests/command.ts';
import type { Asked } from '../../domain/requests/person.ts';
import { formatGroup } from '../../network/text/format-group.ts';
import type { Course } from '../../remediation/remedies/migrate.ts';
import { planRollBack } from '../../remediation/remedies/migrate-back.ts';
import type { Scene } from '../../remediation/remedies/migrate-scene.ts';
import type { GrantCell } from '../common/cell.ts';
import { refuse, stateText } from '../common/refuse.ts';
import { pursue } from './pursue.ts';
import { putUnder } from './record.ts';
import { groupOf, type Run, startRun } from './run.ts';

const way = (scene: Scene, run: Run): Course => {
  const moved = putUnder(run.progress, scene.replacement?.group.id ?? '');
  return planRollBack(scene, { moved, stuck: run.stuck });
};

const announce = async (
  what: 'rolled-back' | 'migration-stopped',
  because: readonly string[],
  run: Run,
): Promise<void> => {
  const id = `${remediationId(run.entry.plan)} ${what} after ${run.progress.length} steps`;
  await run.cell.ports.notices.announce({ id, what, entry: run.entry, because });
};

/** Every interface is under the default group, or under both: nobody has lost anything. */
const stop = async (because: readonly string[], run: Run): Promise<CommandResult> => {
  if (run.steps.length === 0) return refuse(...because);
  await announce('migration-stopped', because, run);
  return refuse(...because, `these steps were taken back until then: ${run.steps.join('; ')}`);
};

const isBegun = ({ progress }: Entry): boolean => progress.some(({ step }) => step.startsWith('create '));

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
export const rollBack = async (entry: Entry, asked: Asked, cell: GrantCell): Promise<CommandResult> => {
  const old = groupOf(entry);
  if (old === undefined || entry.plan.decision.remedy !== 'migrate')
    return refuse(`${stateText(entry)}: it is no migration, so there is nothing to roll back`);
  const run = startRun(entry, old, asked, cell);
  const end = await pursue(way, run);
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
};
