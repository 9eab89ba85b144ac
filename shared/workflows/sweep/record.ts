import type { Group } from '../../domain/group.ts';
import {
  type GroupRecord,
  isConfirmed,
  outdated,
  RECORD_KEPT_MS,
  type RecordChange,
} from '../../domain/group-record.ts';
import { canonicalKey } from '../../network/canonical.ts';
import { knownFrom } from '../../remediation/decide/freshness.ts';
import { side } from '../../remediation/side.ts';
import type { SweepCell } from './cell.ts';
import type { Court, Verdict } from './court.ts';

/** A rule that was recorded so shortly before the page was read may be missing in it, ms: EC2 is eventually consistent. */
const SETTLED_MS = 60_000;

/** Writes that are under way side by side. */
const AT_ONCE = 25;

/** A group of a page with what is remembered and what was found of it. */
export interface SweptGroup {
  readonly group: Group;
  readonly record: GroupRecord | undefined;
  readonly verdict: Verdict;
}

/** New rules whose decision is that there is nothing to decide. Groups of concern are left to on-change, which decides. */
const harmlessNew = (
  { group, record, verdict }: SweptGroup,
  contents: ReadonlySet<string>,
  court: Court,
  now: number,
): readonly string[] => {
  if (record === undefined || !isConfirmed(record, now) || verdict.concerns) return [];
  const added = [...contents.difference(record.contents)];
  return added.length > 0 && court.isHarmless(group, knownFrom(record, now)) ? added : [];
};

/** What the page shows otherwise than the record; undefined: nothing, and the record is not to be renewed. */
const changeOf = (swept: SweptGroup, court: Court, readAt: number, now: number): RecordChange | undefined => {
  const { group, record } = swept;
  if (record === undefined) return undefined;
  const contents = new Set(group.rules.map(canonicalKey));
  const add = harmlessNew(swept, contents, court, now);
  const remove = [...record.contents.difference(contents)];
  const forget = outdated(record, now);
  const isAging = record.keptUntil < now + RECORD_KEPT_MS / 2;
  if (add.length + remove.length === 0 && forget === undefined && !isAging) return undefined;
  return { add, remove, ...(forget && { forget }), unlessAddedSince: readAt - SETTLED_MS };
};

const write = async (swept: SweptGroup, court: Court, readAt: number, { ports }: SweepCell): Promise<void> => {
  const { group, record } = swept;
  const now = ports.clock.now();
  if (record?.since === undefined)
    return await ports.records.begin({ groupId: group.id, contents: group.rules.map(canonicalKey), since: now });
  const change = changeOf(swept, court, readAt, now);
  if (change !== undefined) await ports.records.change(group.id, change);
};

/**
 * Writes the records of the groups of a page: the first contents of groups without any, and otherwise what differs.
 *
 * @param readAt when the page was asked for, milliseconds since the epoch.
 * @returns what went wrong.
 */
export const writeRecords = async (
  swept: readonly SweptGroup[],
  court: Court,
  readAt: number,
  cell: SweepCell,
): Promise<readonly unknown[]> => {
  const faults: unknown[] = [];
  for (let from = 0; from < swept.length; from += AT_ONCE) {
    const some = swept.slice(from, from + AT_ONCE);
    faults.push(...(await side(some.map(async (one) => await write(one, court, readAt, cell)))).faults);
  }
  return faults;
};
