import type { GroupRecord, Recheck } from '../../domain/group-record.ts';
import { lookInBatches } from '../../remediation/look-batches.ts';
import { side } from '../../remediation/side.ts';
import type { Done, ScheduleCell } from './cell.ts';

type Due = GroupRecord & { readonly recheck: Recheck };

const isDue = (record: GroupRecord): record is Due => record.recheck !== undefined;

const placeOf = ({ recheck: { region, account, hold } }: Due): string => JSON.stringify([region, account, hold]);

/** Has some groups of one place looked at, and only then forgets that they are due: at least once. Throws CallFailed, what went wrong. */
const lookAt = async (some: readonly Due[], { ports }: ScheduleCell): Promise<void> => {
  const [first] = some;
  if (first === undefined) return;
  const { region, hold } = first.recheck;
  const ids = some.map(({ groupId }) => groupId);
  await ports.reexamine.look(ids, region, ...(hold ? (['hold'] as const) : []));
  const { faults } = await side(
    some.map(async ({ groupId, recheck }) => await ports.records.lookedAt(groupId, recheck)),
  );
  if (faults.length > 0) throw faults[0];
};

const lookAtAll = async (all: readonly Due[], cell: ScheduleCell): Promise<Done> => {
  await lookInBatches(all, cell.ports.clock, async (some) => await lookAt(some, cell));
  const [first] = all;
  return { what: 'looked-again', id: `${first?.groupId ?? ''}${all.length > 1 ? ` and ${all.length - 1} more` : ''}` };
};

/** Groups that have to be looked at again, because their record is confirmed by now or because an event did not come. */
export const rechecks = async (cell: ScheduleCell): Promise<readonly (() => Promise<Done>)[]> => {
  const due = (await cell.ports.records.due()).filter(isDue);
  return [...Map.groupBy(due, placeOf).values()].map((all) => async () => await lookAtAll(all, cell));
};
